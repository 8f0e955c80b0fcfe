package io.packcache.examples.checkpoint;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Activations;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a request would take, before anything is loaded.
 *
 * @param frameTokens tokens of a latent frame
 * @param frameCacheBytes cache bytes of a latent frame that is kept whole, in one branch
 * @param weights bytes of packed weights and of the embeddings in use
 * @param activations bytes of the rows in the making
 * @param caches bytes of the caches of all branches
 * @param pictures bytes of the picture decoder and its maps
 * @param operations multiplications and additions of one latent frame
 */
record RequestForecast(
        long frameTokens,
        long frameCacheBytes,
        long weights,
        long activations,
        long caches,
        long pictures,
        double operations) {

    /** What Java itself takes: code, classes, threads, a young generation. Measured on the demo model. */
    static final long JAVA = 190L << 20;

    /** A prompt in its template. */
    private static final int TEXT_TOKENS = 150;

    static RequestForecast of(
            Path folder,
            ModelConfig config,
            ModelFacts facts,
            Request request,
            CompactionPolicy policy,
            Backend backend)
            throws IOException {
        FrameGrid grid = config.grid(request.height() / 8, request.width() / 8);
        SamplingSettings sampling = request.sampling();
        int branches = sampling.guided() ? 2 : 1;
        CacheForecast cache = CacheForecast.run(
                config, grid, policy, TEXT_TOKENS, request.latentFrames(), sampling.historyMaskRatio(), backend);
        long bytesPerToken = config.network().cacheShape().bytesPerToken() + TokenTable.BYTES_PER_TOKEN;
        int codes = config.tokens().codeCount();
        PictureDecoderForecast pictures =
                PictureDecoderForecast.of(folder, grid.rows(), grid.columns(), request.latentFrames());
        long rowsInUse = Math.min(codes, (long) grid.codes() * request.latentFrames()) + TEXT_TOKENS;
        double rows = (double) branches * grid.frameLength();
        double perPass = rows
                * (2.0 * facts.blockParameters()
                        + 4.0
                                * cache.attendedRows()
                                * config.network().hidden()
                                * config.network().layers());
        double head = 2.0 * branches * grid.codes() * codes * config.network().hidden();
        return new RequestForecast(
                grid.frameLength(),
                grid.frameLength() * bytesPerToken,
                facts.blockBytes() + (codes + rowsInUse) * facts.rowBytes(),
                Activations.bytes(config.network(), codes, branches * grid.frameLength()),
                branches * cache.reservedRows() * bytesPerToken,
                pictures.weights() + pictures.working(),
                (sampling.steps() + 1) * perPass + sampling.steps() * head);
    }

    /** Bytes resident at most. */
    long total() {
        return weights + activations + caches + pictures + JAVA;
    }

    /**
     * A request, as far as its cost goes.
     *
     * @param latentFrames length of the clip; of an endless one, enough for its cache to have its full size
     */
    record Request(int width, int height, int latentFrames, SamplingSettings sampling) {}
}
