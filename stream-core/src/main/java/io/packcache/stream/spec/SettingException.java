package io.packcache.stream.spec;

/**
 * A setting is refused. Thrown by the constructors of settings records, so that whoever read the value from a file can say
 * where it stands there.
 */
public final class SettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * @param field the record's component
     * @param message one sentence: what is right and what was got
     */
    public SettingException(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The record's component that was refused. */
    public String field() {
        return field;
    }

    /** Refuses a number outside {@code least} to {@code most}. */
    public static void requireBetween(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SettingException(field, field + " is " + least + " to " + most + ", got " + value);
        }
    }
}
