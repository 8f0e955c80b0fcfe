package io.packcache.examples.cli;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheSink.tee;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.media.image.ImageReader;
import io.packcache.media.source.ClipReader;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job: text in, MP4 out, the cache compacted after every frame. */
@Command(
        name = "render",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Render a prompt into an MP4 file, numbered PNGs, a live broadcast or a pipe.",
        footer = {"", "Example:", "  packcache render --prompt \"a red circle moves right\" --out red.mp4"})
final class RenderCommand implements Callable<Integer> {

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What the video shows.")
    private String prompt;

    @Mixin
    private OutOptions out;

    @Option(names = "--image", paramLabel = "FILE", description = "First picture of the video: PNG, JPEG or WebP.")
    private Path image;

    @Option(
            names = "--clip",
            paramLabel = "FILE",
            description = "Video to go on from: its last seconds become the first frames.")
    private Path clip;

    @Option(
            names = "--clip-latent-frames",
            defaultValue = "4",
            paramLabel = "N",
            description = "How much of the clip is taken, in latent frames. Default: ${DEFAULT-VALUE}.")
    private int clipLatentFrames;

    @ArgGroup
    private ClipLength length = new ClipLength();

    @Option(
            names = "--policy",
            defaultValue = "packcache",
            paramLabel = "POLICY",
            description = "What the cache keeps: packcache, full, window, or a JSON file. Default: packcache.")
    private String policy;

    @Mixin
    private SamplingOptions sampling;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Converter.class,
            description =
                    "Size of the file's pictures, enlarged without smoothing. Default: a whole multiple of the model's, near 512.")
    private PictureSize size;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        out.check();
        if (image != null && clip != null) {
            throw new UserError("a video begins with --image or with --clip, not with both");
        }
        if (clipLatentFrames < 1) {
            throw new UserError("--clip-latent-frames is at least 1, got " + clipLatentFrames);
        }
        try (Backend backend = models.openBackend()) {
            CompactionPolicy kept = PolicyPresets.of(policy);
            return render(backend, kept);
        }
    }

    private int render(Backend backend, CompactionPolicy kept) throws IOException {
        try (VideoModel model = models.open(backend)) {
            GenerationRequest request = request(model);
            model.check(request);
            models.prepare(model); // only now: a request that is refused is refused before a large model is read
            return render(model, request, kept, sinks(request)) ? 0 : 1;
        }
    }

    private GenerationRequest request(VideoModel model) throws IOException {
        GenerationRequest request = model.request(prompt);
        long latent = ClipLength.latentFrames(pictureCount(model), model.temporalFactor());
        request = request.withLatentFrames(latent)
                .withSeed(sampling.seed())
                .withSampling(sampling.over(request.sampling()));
        List<VideoFrame> condition = condition(request, model);
        return condition.isEmpty() ? request : request.withCondition(condition);
    }

    private List<VideoFrame> condition(GenerationRequest request, VideoModel model) throws IOException {
        int width = request.width();
        int height = request.height();
        if (image != null) {
            return List.of(ImageReader.read(image, width, height));
        }
        if (clip == null) {
            return List.of();
        }
        int pictures = 1 + (clipLatentFrames - 1) * model.temporalFactor();
        return ClipReader.last(clip, pictures, model.defaults().fps(), width, height);
    }

    private long pictureCount(VideoModel model) {
        return length.pictures(
                model.defaults().fps(), model.temporalFactor(), model.defaults().latentFrames());
    }

    private List<TeeBranch> sinks(GenerationRequest request) throws IOException {
        PictureSize chosen = size == null ? new PictureSize(request.width(), request.height()).comfortable() : size;
        String made = "seed " + request.seed() + ", policy " + policy + ", "
                + models.folder().getFileName() + " model";
        return out.open(chosen, Map.of("title", prompt, "comment", made));
    }

    /** Whether every place got its pictures. */
    private boolean render(VideoModel model, GenerationRequest request, CompactionPolicy kept, List<TeeBranch> sinks) {
        long count = pictureCount(model);
        try (Interruption interruption = new Interruption();
                RenderProgress progress = new RenderProgress(out.shown(), count)) {
            TeeSummary written = PackcacheFlux.generate(model, request)
                    .transform(packCache(kept))
                    .doOnNext(progress::made)
                    .transform(pictures())
                    .take(count)
                    .takeUntilOther(interruption.signal())
                    .as(tee(sinks))
                    .block();
            progress.close();
            // Where the pictures themselves go to standard output, words must not.
            PrintWriter words = out.toStandardOutput()
                    ? spec.commandLine().getErr()
                    : spec.commandLine().getOut();
            long most = written.branches().stream()
                    .mapToLong(branch -> branch.written().written())
                    .max()
                    .orElse(0);
            words.println(summary(most, progress, model.defaults().fps()));
            written.branches()
                    .forEach(branch -> branch.failure()
                            .ifPresent(failure -> words.println(branch.name() + " failed: " + failure.getMessage())));
            if (interruption.stopping()) {
                words.println(most == 0 ? "stopped before the first picture" : "stopped early; it plays up to there");
            }
            words.flush();
            return written.branches().stream()
                    .allMatch(branch -> branch.failure().isEmpty());
        }
    }

    private String summary(long written, RenderProgress progress, int fps) {
        return String.format(
                Locale.ROOT,
                "%s: %d pictures, %.1f s of video in %.1f s (%.1f pictures/s), cache %s under %s, seed %d",
                out.shown(),
                written,
                (double) written / fps,
                progress.seconds(),
                written / progress.seconds(),
                Units.bytes(progress.cacheBytes()),
                policy,
                sampling.seed());
    }
}
