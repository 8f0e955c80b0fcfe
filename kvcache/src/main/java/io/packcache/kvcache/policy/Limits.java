package io.packcache.kvcache.policy;

/** Checks of settings; each names the setting, its value and what is allowed. */
final class Limits {

    private Limits() {}

    static void window(int window) {
        require(window >= 1, "window", window, "at least 1 frame");
    }

    static void odd(String setting, int width) {
        require(width >= 1 && width % 2 == 1, setting, width, "odd and at least 1 token");
    }

    static void require(boolean holds, String setting, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " must be " + allowed + ", got " + value);
        }
    }
}
