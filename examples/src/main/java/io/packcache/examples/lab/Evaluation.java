package io.packcache.examples.lab;

import io.packcache.examples.world.WorldOptions;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs a model over held-out clips of the demo world under one policy. */
public final class Evaluation {

    private final WorldOptions world;
    private final int clips;
    private final long seed;
    private final IntConsumer progress;

    /**
     * @param world the world that the model was trained on
     * @param clips held-out clips, 0 to this number less one
     * @param seed clip n is generated with seed {@code seed + n}
     * @param progress told the number of each clip that is done
     */
    public Evaluation(WorldOptions world, int clips, long seed, IntConsumer progress) {
        this.world = world;
        this.clips = clips;
        this.seed = seed;
        this.progress = progress;
    }

    /** What free running gave. */
    public record FreeRun(Obedience obedience, double picturesPerSecond, long residentBytes) {}

    /**
     * Generates every clip from its caption, or from its caption and first picture.
     *
     * @param withImage whether the true first picture is given
     */
    public FreeRun generate(VideoModel model, CompactionPolicy policy, boolean withImage) {
        Obedience obedience = new Obedience(world.geometry());
        long residentBytes = 0;
        long pictures = 0;
        double seconds = 0;
        for (int number = 0; number < clips; number++) {
            HeldOutClip truth = HeldOutClip.of(world, number);
            GenerationRequest request = model.request(truth.caption()).withSeed(seed + number);
            if (withImage) {
                request = request.withCondition(truth.pictures().subList(0, 1));
            }
            try (PolicyRun run = PolicyRun.of(model, request, policy)) {
                obedience.add(truth.caption(), run.pictures());
                residentBytes = Math.max(residentBytes, run.residentBytes());
                pictures += run.pictures().size();
                seconds += run.totalSeconds();
            }
            progress.accept(number);
        }
        return new FreeRun(obedience, pictures / seconds, residentBytes);
    }

    /** Likelihood of the true codes of every clip, teacher forced. */
    public Likelihood score(Path folder, VideoModel model, Backend backend, CompactionPolicy policy)
            throws IOException {
        Likelihood likelihood = new Likelihood();
        ModelConfig config = ModelConfig.read(folder);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend);
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            int cell = tokenizer.spatialFactor();
            for (int number = 0; number < clips; number++) {
                HeldOutClip truth = HeldOutClip.of(world, number);
                GenerationRequest request = model.request(truth.caption());
                Clip clip = model.clip(request.withSampling(request.sampling().withGuidance(1)));
                int[][] codes = tokenizer.encode(truth.pictures());
                likelihood.add(
                        TeacherForcing.score(transformer, config, clip, codes, policy),
                        objectCells(truth, codes, cell));
                progress.accept(number);
            }
        }
        return likelihood;
    }

    private static List<BitSet> objectCells(HeldOutClip truth, int[][] codes, int cell) {
        List<BitSet> cells = new ArrayList<>();
        for (int frame = 0; frame < codes.length; frame++) {
            cells.add(truth.objectCells(frame, cell));
        }
        return cells;
    }
}
