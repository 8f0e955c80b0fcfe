package io.packcache.stream.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The codes of the frames that a cache still holds something of: what keys and values can be computed again from. */
final class FrameCodes {

    private final Map<Long, int[]> codes = new HashMap<>();

    /** @param frameCodes not to be modified from now on */
    void put(long frame, int[] frameCodes) {
        codes.put(frame, frameCodes);
    }

    /** The codes of a frame that is held. */
    int[] of(long frame) {
        return codes.get(frame);
    }

    /** Forgets all other frames. */
    void retain(Set<Long> frames) {
        codes.keySet().retainAll(frames);
    }

    /** All of them, as they are now. */
    Map<Long, int[]> all() {
        return Map.copyOf(codes);
    }
}
