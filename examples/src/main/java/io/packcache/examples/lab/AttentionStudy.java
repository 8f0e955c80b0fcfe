package io.packcache.examples.lab;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.policy.DecayFit;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.ForwardObserver;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Where a model's attention goes under the full cache: text, conditioning frame, earlier frames by distance, the frame
 * itself. The history is the truth; codes of the frame in work are made known bit by bit, as refinement does.
 */
public final class AttentionStudy {

    /** Shares of the codes that are known in turn. */
    public static final List<Double> KNOWN = List.of(0.0, 0.5, 0.9);

    private AttentionStudy() {}

    /**
     * Means over clips, latent frames and looking rows; the parts of one layer and head sum to 1.
     *
     * @param known share of the codes known
     * @param layer from 0
     * @param head query head, from 0
     * @param text on the prompt and the clip's markers
     * @param condition on the conditioning frame
     * @param markers on frames' markers
     * @param own on the frame itself
     * @param byDistance element d - 1: on the generated frame d before; of frames that have one that far before
     * @param rho the decay by frame that fits {@code byDistance} best, see {@link DecayFit}
     */
    public record Shares(
            double known,
            int layer,
            int head,
            double text,
            double condition,
            double markers,
            double own,
            List<Double> byDistance,
            double rho) {}

    /** The mean over all layers and heads, which it names as -1. */
    public static Shares mean(List<Shares> all, double known) {
        List<Shares> some =
                all.stream().filter(shares -> shares.known() == known).toList();
        List<Double> byDistance = new ArrayList<>();
        for (int i = 0; i < some.get(0).byDistance().size(); i++) {
            int distance = i;
            byDistance.add(mean(some, shares -> shares.byDistance().get(distance)));
        }
        return new Shares(
                known,
                -1,
                -1,
                mean(some, Shares::text),
                mean(some, Shares::condition),
                mean(some, Shares::markers),
                mean(some, Shares::own),
                byDistance,
                AttentionMeans.rho(byDistance));
    }

    private static double mean(List<Shares> some, ToDoubleFunction<Shares> part) {
        return some.stream().mapToDouble(part).average().orElseThrow();
    }

    /** Measures over the first {@code count} held-out clips, each with its first picture given. */
    public static List<Shares> measure(
            HeldOutClips clips, int count, Path folder, VideoModel model, Backend backend, Runnable progress)
            throws IOException {
        if (count == 0) {
            return List.of();
        }
        ModelConfig config = ModelConfig.read(folder);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend);
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            NetworkConfig network = transformer.network();
            AttentionMeans[] means = new AttentionMeans[KNOWN.size()];
            Arrays.setAll(means, i -> new AttentionMeans(network));
            for (int number = 0; number < count; number++) {
                HeldOutClip truth = clips.get(number);
                GenerationRequest request = Evaluation.alone(model.request(truth.caption()))
                        .withCondition(truth.pictures().subList(0, 1));
                int[][] codes = tokenizer.encode(truth.pictures());
                look(transformer, config, model.clip(request), codes, means, new SplittableRandom(number));
                progress.run();
            }
            List<Shares> shares = new ArrayList<>();
            for (int i = 0; i < means.length; i++) {
                shares.addAll(means[i].shares(KNOWN.get(i)));
            }
            return shares;
        }
    }

    private static void look(
            Transformer transformer,
            ModelConfig config,
            Clip clip,
            int[][] codes,
            AttentionMeans[] means,
            SplittableRandom random) {
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            for (int frame = 1; frame < codes.length; frame++) {
                decoder.begin(frame);
                for (int i = 0; i < means.length; i++) {
                    int[] known = codes[frame].clone();
                    for (int code = 0; code < known.length; code++) {
                        known[code] = random.nextDouble() < KNOWN.get(i) ? known[code] : -1;
                    }
                    Queries queries = new Queries(transformer.network().layers());
                    means[i].add(queries.of, decoder.observe(known, queries), frame);
                }
                decoder.commit(codes[frame]);
            }
        }
    }

    private static final class Queries implements ForwardObserver {
        private final float[][] of; // layers, rows x width

        private Queries(int layers) {
            of = new float[layers][];
        }

        @Override
        public void queries(int layer, Tensor queries, int rows) {
            of[layer] = new float[rows * queries.columns()];
            queries.read(0, of[layer], 0, rows);
        }
    }
}
