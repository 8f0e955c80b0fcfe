package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Activations;
import io.packcache.stream.model.NetworkConfig;

/**
 * What a request would take, before anything is loaded.
 *
 * @param frameTokens tokens of a latent frame
 * @param frameCacheBytes cache bytes of a latent frame that is kept whole, in one branch
 * @param positions places in the sequence that are used at most
 * @param weights bytes of packed weights and of the embeddings in use
 * @param activations bytes of the rows in the making
 * @param caches bytes of the caches of all branches
 * @param pictures bytes of the picture decoder and its maps
 * @param operations multiplications and additions of one latent frame
 * @param pictureOperations those of its pictures
 */
record RequestForecast(
        long frameTokens,
        long frameCacheBytes,
        long positions,
        long weights,
        long activations,
        long caches,
        long pictures,
        double operations,
        double pictureOperations) {

    /** What Java itself takes: code, classes, threads, a young generation. Measured on the demo model. */
    static final long JAVA = 190L << 20;

    /** What Linux maps around a page that is touched, where the file is in its cache. */
    private static final double PAGES_AROUND = 64 << 10;

    static RequestForecast of(
            FrameProcedure procedure,
            ModelFacts facts,
            PictureDecoderForecast pictures,
            int latentFrames,
            CompactionPolicy policy,
            Backend backend) {
        NetworkConfig network = procedure.network();
        CacheForecast cache = CacheForecast.run(procedure, policy, latentFrames, backend);
        long bytesPerToken = CacheForecast.bytesPerToken(network.cacheShape(), backend);
        int length = procedure.grid().frameLength();
        long rowsRead = (long) length * latentFrames + FrameProcedure.TEXT_TOKENS;
        return new RequestForecast(
                length,
                length * bytesPerToken,
                cache.positions(),
                facts.blockBytes()
                        + procedure.codes() * facts.rowBytes()
                        + embeddings(procedure.codes(), rowsRead, facts),
                Activations.bytes(network, procedure.codes(), procedure.batchRows()),
                procedure.branches() * cache.reservedRows() * bytesPerToken,
                pictures.weights() + pictures.working(),
                operations(procedure, facts, cache.attendedRows()),
                pictures.operations());
    }

    /** Of the mapped table the pages around each row that is read come into memory; codes are drawn from all of it. */
    private static long embeddings(int codes, long rowsRead, ModelFacts facts) {
        double table = (double) codes * facts.rowBytes();
        return (long) (table * -Math.expm1(-rowsRead * (PAGES_AROUND + facts.rowBytes()) / table));
    }

    private static double operations(FrameProcedure procedure, ModelFacts facts, double attended) {
        NetworkConfig network = procedure.network();
        double perRow = 2.0 * facts.blockParameters() + 4.0 * attended * network.hidden() * network.layers();
        double perAnswer = 2.0 * procedure.codes() * network.hidden();
        double rows = (double) procedure.passes() * procedure.grid().frameLength();
        return procedure.branches() * (rows * perRow + procedure.answers() * perAnswer);
    }

    /** Bytes resident at most. */
    long total() {
        return weights + activations + caches + pictures + JAVA;
    }
}
