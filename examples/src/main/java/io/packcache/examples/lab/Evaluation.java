package io.packcache.examples.lab;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A model under several policies, clip by clip, against what the world truly shows. */
public final class Evaluation {

    private final HeldOutClips clips;
    private final long seed;
    private final UnaryOperator<SamplingSettings> sampling;
    private final Runnable progress;

    /**
     * @param clips of a world that the model was trained on
     * @param seed clip n is generated with seed {@code seed + n}
     * @param sampling what to change of the model's sampling
     * @param progress told of each clip that is done under one policy
     */
    public Evaluation(HeldOutClips clips, long seed, UnaryOperator<SamplingSettings> sampling, Runnable progress) {
        this.clips = clips;
        this.seed = seed;
        this.sampling = sampling;
        this.progress = progress;
    }

    /** What one policy gave. */
    public record Result(Scores scores, Obedience fromText) {}

    /**
     * Scores the true codes of the first {@code scored} held-out clips, and generates the first {@code generated} of them
     * from the caption, and from caption and first picture.
     */
    public Map<String, Result> run(
            Path folder,
            VideoModel model,
            Backend backend,
            Map<String, CompactionPolicy> policies,
            int scored,
            int generated)
            throws IOException {
        Map<String, Result> results = new LinkedHashMap<>();
        policies.keySet()
                .forEach(name -> results.put(
                        name,
                        new Result(
                                new Scores(Math.max(scored, generated)),
                                new Obedience(clips.world().geometry()))));
        score(folder, model, backend, policies, scored, results);
        if (generated > 0) {
            warm(model, policies.values().iterator().next());
        }
        for (int number = 0; number < generated; number++) {
            HeldOutClip truth = clips.get(number);
            Sightings sightings = new Sightings(truth.scene());
            for (Map.Entry<String, CompactionPolicy> policy : policies.entrySet()) {
                Result result = results.get(policy.getKey());
                generate(model, policy.getValue(), number, truth, result);
                carryOn(model, policy.getValue(), number, truth, sightings, result.scores());
                progress.run();
            }
        }
        return results;
    }

    private void score(
            Path folder,
            VideoModel model,
            Backend backend,
            Map<String, CompactionPolicy> policies,
            int count,
            Map<String, Result> results)
            throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend);
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            int cell = tokenizer.spatialFactor();
            for (int number = 0; number < count; number++) {
                HeldOutClip truth = clips.get(number);
                Sightings sightings = new Sightings(truth.scene());
                Clip clip = model.clip(alone(request(model, truth, number)));
                int[][] codes = tokenizer.encode(truth.pictures());
                for (Map.Entry<String, CompactionPolicy> policy : policies.entrySet()) {
                    Scores scores = results.get(policy.getKey()).scores();
                    Held held = new Held();
                    float[][] nats = TeacherForcing.score(
                            transformer, config, clip, codes, policy.getValue(), Allowance.OWN, held);
                    TrueCodes.measure(nats, codes, truth, sightings, cell, number, scores);
                    scores.put(number, Measure.HELD_BYTES, (double) held.last);
                    scores.put(number, Measure.HELD_MOST, (double) held.most);
                    progress.run();
                }
            }
        }
    }

    /** Held-out clip {@code number} from its caption. */
    GenerationRequest request(VideoModel model, HeldOutClip truth, int number) {
        GenerationRequest request = model.request(truth.caption()).withSeed(seed + number);
        return request.withSampling(sampling.apply(request.sampling()));
    }

    /** With one branch: only that one is scored. */
    static GenerationRequest alone(GenerationRequest request) {
        return request.withSampling(request.sampling().withGuidance(1));
    }

    /** The first clip of a process runs while the JVM still compiles. */
    private void warm(VideoModel model, CompactionPolicy policy) {
        PolicyRun.of(model, request(model, clips.get(0), 0), policy).close();
    }

    private void generate(VideoModel model, CompactionPolicy policy, int number, HeldOutClip truth, Result result) {
        try (PolicyRun run = PolicyRun.of(model, request(model, truth, number), policy)) {
            Obedience own = new Obedience(clips.world().geometry());
            own.add(truth.caption(), run.pictures());
            result.fromText().add(truth.caption(), run.pictures());
            result.scores().put(number, Measure.CAPTION, own.obeyed().value());
            int frames = run.statistics().size();
            result.scores().put(number, Measure.SECONDS, run.medianSeconds(frames / 2, frames - frames / 2));
            result.scores().put(number, Measure.RESIDENT_BYTES, (double) run.residentBytes());
        }
    }

    private void carryOn(
            VideoModel model,
            CompactionPolicy policy,
            int number,
            HeldOutClip truth,
            Sightings sightings,
            Scores scores) {
        GenerationRequest request =
                request(model, truth, number).withCondition(truth.pictures().subList(0, 1));
        try (PolicyRun run = PolicyRun.of(model, request, policy)) {
            TruePath.measure(truth, sightings, run.pictures(), number, scores);
        }
    }

    private static final class Held implements TeacherForcing.Observer {
        private long last;
        private long most;

        @Override
        public void compacting(CacheView view, CompactionPlan plan) {}

        @Override
        public void compacted(long heldBytes) {
            last = heldBytes;
            most = Math.max(most, heldBytes);
        }
    }

    /** Generates a clip longer than any in training and follows what becomes of it. */
    public List<Drift.Span> endless(VideoModel model, CompactionPolicy policy, int number, int latentFrames) {
        HeldOutClip truth = HeldOutClips.inTheOpen(clips.world()).get(number);
        GenerationRequest request = request(model, truth, number).withLatentFrames(latentFrames);
        return Drift.follow(model, request, policy, truth.scene());
    }
}
