package io.packcache.examples.bench;

import io.packcache.examples.checkpoint.SyntheticCheckpoint;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The clips of PackCache's published figures on a random model of that size: full cache, PackCache, and PyTorch's step. */
final class PaperWorkload implements Workload {

    private static final long SHARD = 4L << 30;
    private static final String FULL = "full";
    private static final String PACKCACHE = "packcache";

    /** The paper's own speedups on an H200 and its 48 pictures: whole clip, last latent frame. */
    private static final String PUBLISHED =
            "published on an H200 for 48 pictures: 2.18x whole, 3.66x last latent frame";

    @Override
    public String name() {
        return "paper";
    }

    @Override
    public String summary() {
        return "codes of the published geometry on a random model, both guidance branches; peer: one step of it";
    }

    @Override
    public String peer() {
        return "paper_peer.py";
    }

    @Override
    public Report run(Bench bench) throws IOException {
        Path folder = Files.createTempDirectory("packcache-paper");
        try {
            SyntheticCheckpoint.writeModel(folder, bench.scale().config(), NumberFormat.BFLOAT16, SHARD, 1);
            try (Backend backend = Backends.of(bench.backend(), bench.threads())) {
                return run(bench, folder, backend);
            }
        } finally {
            delete(folder);
        }
    }

    private static Report run(Bench bench, Path folder, Backend backend) throws IOException {
        PaperScale scale = bench.scale();
        ModelConfig config = ModelConfig.read(folder);
        Report report = new Report().remark("%s", backend.description());
        Clip clip = clip(scale);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend)) {
            transformer.prepare((done, total) -> {});
            Optional<PaperPeer> peer = bench.peer().isEmpty()
                    ? Optional.empty()
                    : Optional.of(PaperPeer.load(bench, folder, config, clip));
            if (peer.isPresent()) {
                peer.get().compareScores(transformer, report);
            }
            warmUp(transformer, config, clip);
            Map<String, List<PaperFrame>> clips = new LinkedHashMap<>();
            clips.put(PACKCACHE, generate(transformer, config, clip, scale, PackCache.defaults(), PACKCACHE));
            clips.put(FULL, generate(transformer, config, clip, scale, new FullCache(), FULL));
            clips.forEach((policy, frames) -> rows(report, scale, policy, frames));
            peer.ifPresent(other -> peerRows(report, scale, other, clips));
            remarks(report, scale, clips);
        }
        return report.remark(PUBLISHED);
    }

    private static Clip clip(PaperScale scale) {
        int[] text = new int[scale.text()];
        Arrays.fill(text, 3);
        SamplingSettings sampling = SamplingSettings.defaults().withSteps(scale.steps());
        return new Clip(text, List.of(), scale.height() / 8, scale.width() / 8, 4, 12, 1, sampling);
    }

    private static List<PaperFrame> generate(
            Transformer transformer,
            ModelConfig config,
            Clip clip,
            PaperScale scale,
            CompactionPolicy policy,
            String name) {
        List<PaperFrame> frames = new ArrayList<>();
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            for (int number = 0; number < scale.mostLatentFrames(); number++) {
                PaperFrame frame = frame(decoder, number, policy);
                frames.add(frame);
                // A line for each frame: of a run that is cut short, these remain.
                System.err.printf(
                        "%s, latent frame %d: %.2f s, %,d tokens before it%n",
                        name, number, frame.seconds(), frame.historyTokens());
            }
        }
        return frames;
    }

    /** Compilers and caches have seen two frames before the first one is measured. */
    private static void warmUp(Transformer transformer, ModelConfig config, Clip clip) {
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            frame(decoder, 0, PackCache.defaults());
            frame(decoder, 1, PackCache.defaults());
        }
    }

    private static PaperFrame frame(MaskedDecoder decoder, int number, CompactionPolicy policy) {
        long before = decoder.cachedTokens();
        List<Double> steps = new ArrayList<>();
        long began = System.nanoTime();
        decoder.begin(number);
        for (int step = 0; step < decoder.steps(); step++) {
            long stepBegan = System.nanoTime();
            decoder.step(step);
            steps.add((System.nanoTime() - stepBegan) / 1e9);
        }
        decoder.commit();
        long bytes = decoder.residentBytes();
        decoder.apply(policy.plan(decoder.view(policy.signals()), Budget.unlimited()));
        return new PaperFrame((System.nanoTime() - began) / 1e9, new Times(steps), before, bytes);
    }

    private static void rows(Report report, PaperScale scale, String policy, List<PaperFrame> frames) {
        for (int length : scale.latentFrames()) {
            PaperFrame last = frames.get(length - 1);
            report.row("latent frames", Integer.toString(length))
                    .text("cache", policy)
                    .number("whole", PaperFrame.seconds(frames.subList(0, length)), "%.2f s")
                    .number("last frame", last.seconds(), "%.2f s")
                    .times("step of the last", last.steps())
                    .number("tokens before it", (double) last.historyTokens(), "%,.0f")
                    .number("cache bytes", PaperFrame.mostBytes(frames.subList(0, length)), "%,.0f");
        }
    }

    private static void peerRows(Report report, PaperScale scale, PaperPeer peer, Map<String, List<PaperFrame>> clips) {
        List<PaperFrame> last = scale.latentFrames().stream()
                .map(length -> clips.get(FULL).get(length - 1))
                .toList();
        List<Times> times = peer.steps(last);
        for (int i = 0; i < last.size(); i++) {
            int length = scale.latentFrames().get(i);
            report.row("latent frames", Integer.toString(length))
                    .text("cache", "full, " + peer.name())
                    .times("step of the last", times.get(i))
                    .number("tokens before it", (double) last.get(i).historyTokens(), "%,.0f");
            report.remark(
                    "step of latent frame %d, full cache: %.2fx the speed of %s",
                    length, times.get(i).median() / last.get(i).steps().median(), peer.name());
        }
    }

    private static void remarks(Report report, PaperScale scale, Map<String, List<PaperFrame>> clips) {
        for (int length : scale.latentFrames()) {
            List<PaperFrame> full = clips.get(FULL).subList(0, length);
            List<PaperFrame> packed = clips.get(PACKCACHE).subList(0, length);
            report.remark(
                    "%d latent frames: PackCache is %.2fx as fast on the whole, %.2fx in the last latent frame,"
                            + " and holds 1/%.1f of the bytes",
                    length,
                    PaperFrame.seconds(full) / PaperFrame.seconds(packed),
                    full.get(length - 1).seconds() / packed.get(length - 1).seconds(),
                    PaperFrame.mostBytes(full) / PaperFrame.mostBytes(packed));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
