package io.packcache.stream.flow;

import java.nio.file.Path;
import java.time.Duration;

/** Told what becomes of the checkpoints of a stream, on the thread that delivers its frames. Throws nothing. */
public interface CheckpointListener {

    /** A checkpoint is whole on disk. */
    default void written(Path file, long latentFrame, Duration took) {}

    /** A checkpoint could not be written; those before it are as they were, and the stream goes on. */
    void failed(Path file, long latentFrame, Exception reason);
}
