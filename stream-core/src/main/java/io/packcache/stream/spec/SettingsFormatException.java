package io.packcache.stream.spec;

import java.io.IOException;

/** Settings in JSON are refused; the message names the place, the value and what would be right. */
public final class SettingsFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** A refusal found by looking at the JSON. */
    public SettingsFormatException(String message) {
        super(message);
    }

    /** A refusal that another exception explains. */
    public SettingsFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
