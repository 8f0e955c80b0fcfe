package io.packcache.examples.report;

import io.packcache.examples.lab.Allowance;
import io.packcache.examples.lab.HeldOutClip;
import io.packcache.examples.lab.Mean;
import io.packcache.examples.lab.PolicyRun;
import io.packcache.examples.lab.TeacherForcing;
import io.packcache.examples.report.PolicyMeasures.KeptFrame;
import io.packcache.examples.world.ClipJudge;
import io.packcache.examples.world.Point;
import io.packcache.examples.world.WorldOptions;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;

/** Policies against the truth of held-out clips. */
public final class Truth {

    private final WorldOptions world;
    private final int clips;
    private final long seed;
    private final Allowance allowance;
    private final IntConsumer progress;

    /**
     * @param world the world that the model was trained on
     * @param clips held-out clips, 0 to this number less one
     * @param seed clip n is generated with seed {@code seed + n}
     * @param allowance budget of every policy
     * @param progress told the number of each clip that is done
     */
    public Truth(WorldOptions world, int clips, long seed, Allowance allowance, IntConsumer progress) {
        this.world = world;
        this.clips = clips;
        this.seed = seed;
        this.allowance = allowance;
        this.progress = progress;
    }

    /** The measures of one policy that need the truth; the others are empty. */
    public PolicyMeasures measure(Path folder, VideoModel model, Backend backend, CompactionPolicy policy)
            throws IOException {
        Mean nats = new Mean();
        Mean objectNats = new Mean();
        Mean attention = new Mean();
        Mean error = new Mean();
        List<KeptFrame> kept = List.of();
        ModelConfig config = ModelConfig.read(folder);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend);
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            for (int number = 0; number < clips; number++) {
                HeldOutClip truth = HeldOutClip.of(world, number);
                GenerationRequest request = model.request(truth.caption()).withSeed(seed + number);
                Clip clip = model.clip(request.withSampling(request.sampling().withGuidance(1)));
                int[][] codes = tokenizer.encode(truth.pictures());
                HistoryWatch watch = new HistoryWatch(attention);
                float[][] scores = TeacherForcing.score(transformer, config, clip, codes, policy, allowance, watch);
                for (int frame = 1; frame < scores.length; frame++) {
                    add(scores[frame], truth.objectCells(frame, tokenizer.spatialFactor()), frame, nats, objectNats);
                }
                kept = number == 0 ? watch.kept() : kept;
                followObject(model, request, policy, truth, error);
                progress.accept(number);
            }
        }
        return new PolicyMeasures(
                "",
                "{}",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                nats.values(),
                objectNats.values(),
                attention.values(),
                error.values(),
                kept);
    }

    private static void add(float[] scores, BitSet object, int frame, Mean nats, Mean objectNats) {
        for (int code = 0; code < scores.length; code++) {
            nats.add(frame, -scores[code]);
            if (object.get(code)) {
                objectNats.add(frame, -scores[code]);
            }
        }
    }

    private void followObject(
            VideoModel model, GenerationRequest request, CompactionPolicy policy, HeldOutClip truth, Mean error) {
        GenerationRequest continued = request.withCondition(truth.pictures().subList(0, 1));
        try (PolicyRun run = PolicyRun.of(model, continued, policy, allowance)) {
            List<byte[]> pictures = run.pictures().stream().map(VideoFrame::rgb).toList();
            List<Point> found = new ClipJudge(world.geometry()).judge(pictures).places();
            for (int picture = 0; picture < found.size(); picture++) {
                if (found.get(picture) != null) {
                    Point real = truth.scene().centre(0, picture);
                    Point seen = found.get(picture);
                    error.add(picture, Math.hypot(seen.x() - real.x(), seen.y() - real.y()));
                }
            }
        }
    }
}
