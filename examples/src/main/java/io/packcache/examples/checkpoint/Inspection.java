package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a model folder is, and whether a request would run here.
 *
 * @param lines the report
 * @param verdict what follows from it
 */
public record Inspection(List<String> lines, Verdict verdict) {

    /** Whether a request would run here. */
    public enum Verdict {
        /** It would. */
        FITS,
        /** It needs more memory than there is. */
        TOO_LARGE,
        /** The generator could run, but something beside it is missing or belongs to another model. */
        INCOMPLETE
    }

    /**
     * What to forecast.
     *
     * @param width of the pictures in pixels
     * @param height of the pictures in pixels
     * @param latentFrames length of the clip; of an endless one, enough for its cache to have its full size
     * @param sampling how frames are decoded
     */
    public record Request(int width, int height, int latentFrames, SamplingSettings sampling) {}

    /**
     * Reads headers, forecasts the request and measures the machine for a second.
     *
     * @throws IOException if the folder holds no generator that can be run, naming every fault
     * @throws IllegalArgumentException if the model cannot make pictures of this size
     */
    public static Inspection of(Path folder, Request request, CompactionPolicy policy, Backend backend)
            throws IOException {
        return new Inspector(folder, request, policy, backend).inspect();
    }
}
