package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.examples.lab.TeacherForcing;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.HistoryMask;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SequenceLayout;
import io.packcache.stream.model.Transformer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The paper's step in PyTorch, on the same weights; see {@code examples/benchmarks/paper_peer.py}. */
final class PaperPeer {

    /** Largest difference of a code's log-probability in float32, and their mean in bfloat16. */
    private static final double SAME = 1e-3;

    private static final double SAME_BFLOAT16 = 0.05;
    private static final int SCORED_FRAMES = 2;

    private final Bench bench;
    private final Peer peer;
    private final ModelConfig config;
    private final Clip clip;
    private final SequenceLayout layout;
    private final BitSet historyMask;

    private PaperPeer(Bench bench, ModelConfig config, Clip clip) {
        this.bench = bench;
        this.peer = bench.peer().orElseThrow();
        this.config = config;
        this.clip = clip;
        FrameGrid grid = config.grid(clip.rows(), clip.columns());
        this.layout = SequenceLayout.guided(config, grid, clip.text(), clip.durationToken(), clip.framesPerSecond());
        this.historyMask = HistoryMask.of(grid.contentLength(), clip.sampling().historyMaskRatio());
    }

    static PaperPeer load(Bench bench, Path folder, ModelConfig config, Clip clip) {
        PaperPeer peer = new PaperPeer(bench, config, clip);
        peer.peer.ask(peer.request("load")
                .put("model", folder.toString())
                .put("device", peer.onDevice() ? "cuda" : "cpu")
                .put("first_code", config.tokens().codeOffset())
                .put("codes", config.tokens().codeCount()));
        return peer;
    }

    String name() {
        return peer.name();
    }

    private boolean onDevice() {
        return bench.backend().equals("cuda");
    }

    private ObjectNode request(String operation) {
        return Peer.request(operation, bench.threads());
    }

    /** Both sides must find the same codes equally likely, or their times say nothing. */
    void compareScores(Transformer transformer, Report report) {
        int[][] codes = codes();
        ObjectNode request = request("score");
        ObjectNode prefix = request.putObject("prefix");
        put(prefix.putArray("ids"), layout.prefixIds());
        putPositions(prefix.putArray("positions"), layout.prefixTokens());
        ArrayNode frames = request.putArray("frames");
        for (int frame = 0; frame < SCORED_FRAMES; frame++) {
            ObjectNode object = frame(frames.addObject(), frame);
            put(object.putArray("masked"), ids(unknown(), new BitSet()));
            put(object.putArray("stored"), ids(codes[frame], historyMask));
            put(object.putArray("codes"), codes[frame]);
        }
        JsonNode theirs = peer.ask(request).path("scores");
        Clip unguided = new Clip(
                clip.text(),
                List.of(),
                clip.rows(),
                clip.columns(),
                clip.durationToken(),
                clip.framesPerSecond(),
                clip.seed(),
                clip.sampling().withGuidance(1));
        float[][] ours = TeacherForcing.score(transformer, config, unguided, codes, new FullCache());
        require(differences(ours, theirs), report);
    }

    private static double[] differences(float[][] ours, JsonNode theirs) {
        return IntStream.range(0, ours.length)
                .boxed()
                .flatMapToDouble(frame -> IntStream.range(0, ours[frame].length)
                        .mapToDouble(i -> Math.abs(
                                ours[frame][i] - theirs.path(frame).path(i).asDouble(Double.NaN))))
                .toArray();
    }

    private void require(double[] differences, Report report) {
        double worst = Arrays.stream(differences).max().orElseThrow();
        double mean = Arrays.stream(differences).average().orElseThrow();
        boolean same = onDevice() ? mean <= SAME_BFLOAT16 : worst <= SAME;
        if (!same) {
            throw new IllegalStateException("log-probabilities differ by " + mean + " on average and " + worst
                    + " at most from the peer's, which is not the same work");
        }
        report.remark(
                "log-probabilities of %d codes agree with the peer's within %.1e, %.1e on average",
                differences.length, worst, mean);
    }

    /** Seconds of the peer's step behind the histories of these frames. */
    List<Times> steps(List<PaperFrame> frames) {
        ObjectNode request =
                request("step").put("guidance", clip.sampling().guidance()).put("repeats", bench.rounds());
        ObjectNode frame = frame(request.putObject("frame"), 0);
        put(frame.putArray("ids"), ids(unknown(), new BitSet()));
        ArrayNode history = request.putArray("history");
        frames.forEach(each -> history.add(each.historyTokens() / 2));
        List<Times> times = new ArrayList<>();
        for (JsonNode lengths : peer.ask(request).path("seconds")) {
            List<Double> seconds = new ArrayList<>();
            lengths.forEach(value -> seconds.add(value.asDouble()));
            times.add(new Times(seconds));
        }
        return times;
    }

    private ObjectNode frame(ObjectNode object, int number) {
        putPositions(object.putArray("positions"), layout.frameTokens(number, number, historyMask));
        int[] codesAt = new int[layout.grid().codes()];
        Arrays.setAll(codesAt, layout::rowOfCode);
        put(object.putArray("codes_at"), codesAt);
        return object;
    }

    private int[] ids(int[] codes, BitSet masked) {
        int[] ids = new int[layout.grid().frameLength()];
        layout.writeFrame(codes, masked, ids);
        return ids;
    }

    private int[] unknown() {
        int[] codes = new int[layout.grid().codes()];
        Arrays.fill(codes, -1);
        return codes;
    }

    private int[][] codes() {
        SplittableRandom random = new SplittableRandom(1);
        int[][] codes = new int[SCORED_FRAMES][layout.grid().codes()];
        for (int[] frame : codes) {
            Arrays.setAll(frame, i -> random.nextInt(config.tokens().codeCount()));
        }
        return codes;
    }

    private static void put(ArrayNode array, int[] values) {
        for (int value : values) {
            array.add(value);
        }
    }

    private static void putPositions(ArrayNode array, List<TokenInfo> tokens) {
        for (TokenInfo token : tokens) {
            boolean visual = token.position().visual();
            array.addArray()
                    .add(visual ? token.position().t() : token.position().index())
                    .add(visual ? token.position().h() : token.position().index())
                    .add(visual ? token.position().w() : token.position().index());
        }
    }
}
