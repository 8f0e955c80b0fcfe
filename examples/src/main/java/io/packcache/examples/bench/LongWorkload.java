package io.packcache.examples.bench;

import io.packcache.examples.checkpoint.SyntheticCheckpoint;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.SlidingWindow;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Frames as large as a real model's, from a middle-sized one with random weights: what a history costs where it is most of
 * the work.
 *
 * <p>The policies take turns frame by frame, so that a slow phase of the machine meets all of them. All store the same
 * random codes, whatever their steps drew.
 */
final class LongWorkload implements Workload {

    /** Codes of a frame: 32 x 32, 1,060 tokens with its row ends and markers. */
    private static final int SIDE = 32;

    private static final int STEPS = 4;

    /** As the published models store it. */
    private static final double HISTORY_MASKED = 0.7;

    private static final String CONFIG = """
            {"architectures": ["ChameleonMMRoPEForConditionalGeneration"], "model_type": "chameleon",
             "torch_dtype": "bfloat16", "vocab_size": 1152, "hidden_size": 512, "intermediate_size": 1408,
             "num_hidden_layers": 8, "num_attention_heads": 8, "num_key_value_heads": 8, "hidden_act": "silu",
             "max_position_embeddings": 65536, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "rope_scaling": null,
             "attention_bias": false, "mlp_bias": false, "model_parallel_size": 1, "swin_norm": false, "mm_rope": true,
             "mask_image_logits": false, "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 2,
             "tiny_tokens": {"bos": 0, "sep": 64, "new_line": 65, "size_token_zero": 72, "mask": 66, "video_start": 67,
              "video_end": 68, "image_start": 69, "image_end": 70, "visual_code_offset": 128, "visual_code_count": 1024},
             "tiny_video": {"grid_unit_pixels": 32, "rows": 32, "cols": 32, "h_grids": 8, "w_grids": 8,
              "frame_len": 1060, "frames": 60}}
            """;

    private final String name;
    private final int frames;
    private final int every;

    /**
     * @param frames latent frames of the clip
     * @param every so many frames apart the refinement steps are run; between them their time is interpolated, since it
     *     grows evenly with the history. 1 runs all.
     */
    LongWorkload(String name, int frames, int every) {
        this.name = name;
        this.frames = frames;
        this.every = every;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return frames + " latent frames of " + SIDE * SIDE + " codes, width 512, 8 layers, random weights, " + STEPS
                + " steps a frame"
                + (every == 1
                        ? ""
                        : " (run at every " + every + "th frame, interpolated between; every frame is stored)");
    }

    @Override
    public Report run(Bench bench) throws IOException {
        Path folder = Files.createTempDirectory("packcache-long");
        try {
            SyntheticCheckpoint.writeModel(folder, CONFIG, NumberFormat.BFLOAT16, Long.MAX_VALUE, 1);
            ModelConfig config = ModelConfig.read(folder);
            try (Backend backend = Backends.of(bench.backend(), bench.threads());
                    Transformer transformer = Transformer.load(folder, config.codesPlan(), backend)) {
                return run(transformer, config);
            }
        } finally {
            delete(folder);
        }
    }

    private Report run(Transformer transformer, ModelConfig config) {
        try (Clock full = clock("full", transformer, config, new FullCache());
                Clock window = clock("window", transformer, config, SlidingWindow.defaults());
                Clock packcache = clock("packcache", transformer, config, PackCache.defaults())) {
            List<Clock> clocks = List.of(full, window, packcache);
            SplittableRandom random = new SplittableRandom(1);
            for (int frame = 0; frame < frames; frame++) {
                int[] codes =
                        random.ints(SIDE * SIDE, 0, config.tokens().codeCount()).toArray();
                boolean measured = frame % every == 0 || frame == frames - 1;
                for (Clock clock : clocks) {
                    clock.generate(frame, codes, measured);
                }
            }
            Report report = new Report();
            for (Clock clock : clocks) {
                clock.row(report, full);
            }
            return report;
        }
    }

    /** A decoder whose kernels are compiled already: two short frames went through it and were forgotten. */
    private Clock clock(String policyName, Transformer transformer, ModelConfig config, CompactionPolicy policy) {
        SamplingSettings sampling = new SamplingSettings(STEPS, 1, 1, 1, HISTORY_MASKED);
        Clip clip = new Clip(new int[] {1, 2, 3, 4}, List.of(), SIDE, SIDE, 4, 12, 1, sampling);
        MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip);
        decoder.prefill();
        for (int warm = 0; warm < 2; warm++) {
            decoder.begin(0);
            decoder.step(0);
            decoder.rollback();
        }
        return new Clock(policyName, decoder, policy, frames);
    }

    /** One policy's decoder and its times. */
    private static final class Clock implements AutoCloseable {
        private final String name;
        private final MaskedDecoder decoder;
        private final CompactionPolicy policy;
        private final double[] step; // seconds of one refinement step of each frame
        private final double[] store; // seconds of its store pass and compaction
        private int measured = -1; // the last frame whose steps were run

        Clock(String name, MaskedDecoder decoder, CompactionPolicy policy, int frames) {
            this.name = name;
            this.decoder = decoder;
            this.policy = policy;
            this.step = new double[frames];
            this.store = new double[frames];
        }

        void generate(int frame, int[] codes, boolean refine) {
            long began = System.nanoTime();
            decoder.begin(frame);
            if (refine) {
                for (int i = 0; i < STEPS; i++) {
                    decoder.step(i);
                }
                setSteps(frame, (System.nanoTime() - began) / 1e9 / STEPS);
            }
            long refined = System.nanoTime();
            decoder.commit(codes);
            decoder.apply(policy.plan(decoder.view(policy.signals()), Budget.unlimited()));
            store[frame] = (System.nanoTime() - refined) / 1e9;
        }

        private void setSteps(int frame, double seconds) {
            for (int f = measured + 1; f < frame; f++) {
                double share = (double) (f - measured) / (frame - measured);
                step[f] = step[measured] + share * (seconds - step[measured]);
            }
            step[frame] = seconds;
            measured = frame;
        }

        double seconds(int frame) {
            return STEPS * step[frame] + store[frame];
        }

        double whole() {
            double sum = 0;
            for (int frame = 0; frame < step.length; frame++) {
                sum += seconds(frame);
            }
            return sum;
        }

        void row(Report report, Clock full) {
            int last = step.length - 1;
            report.row("policy", name)
                    .number("first frame", seconds(0), "%.2f s")
                    .number("middle frame", seconds(last / 2), "%.2f s")
                    .number("last frame", seconds(last), "%.2f s")
                    .number("whole clip", whole(), "%.1f s")
                    .number("cache bytes", (double) decoder.residentBytes(), "%,.0f")
                    .number("last, against full", full.seconds(last) / seconds(last), "%.2fx")
                    .number("whole, against full", full.whole() / whole(), "%.2fx");
        }

        @Override
        public void close() {
            decoder.close();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
