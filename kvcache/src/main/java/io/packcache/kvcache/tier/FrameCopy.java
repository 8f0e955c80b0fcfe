package io.packcache.kvcache.tier;

import io.packcache.kvcache.CacheParts;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;

/** The copy of one frame in a {@link FrameStore}, wherever it is at the moment. Guarded by the store's lock. */
public final class FrameCopy {

    /** What becomes of a copy: first in memory, then perhaps in a file; a forgotten one may still be in either. */
    enum State {
        HOST,
        WRITING,
        DISK,
        GONE
    }

    final long frame;
    final long bytes; // of the arrays
    CacheParts parts; // null once they are on disk alone
    Path file; // null unless on disk or on the way there
    long fileBytes;
    State state = State.HOST;
    boolean kept; // whether it counts among the store's frames

    FrameCopy(long frame, CacheParts parts) {
        this.frame = frame;
        this.parts = parts;
        this.bytes =
                parts.arrays().values().stream().mapToLong(FrameCopy::bytes).sum();
    }

    /** Number of the latent frame. */
    public long frame() {
        return frame;
    }

    private static long bytes(Buffer array) {
        int width = array instanceof LongBuffer
                ? Long.BYTES
                : array instanceof FloatBuffer || array instanceof IntBuffer ? Integer.BYTES : Byte.BYTES;
        return (long) width * array.capacity();
    }
}
