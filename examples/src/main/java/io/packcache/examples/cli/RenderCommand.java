package io.packcache.examples.cli;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheFlux.to;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.media.SinkAddress;
import io.packcache.media.SinkSettings;
import io.packcache.media.image.ImageReader;
import io.packcache.media.live.LiveListener;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.spec.SettingsJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
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

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "Where pictures go: film.mp4, .webm, .ts, .m3u8 (HLS), .gif, .webp, sheet.jpg (contact sheet),"
                            + " frames/%%05d.png, rtmp://host/application/key, srt://host:port, udp://host:port,"
                            + " or - for YUV4MPEG2 on standard output.")
    private String out;

    @Option(names = "--image", paramLabel = "FILE", description = "First picture of the video: PNG or JPEG.")
    private Path image;

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

    @Option(
            names = "--sink-settings",
            paramLabel = "FILE",
            description = "JSON with settings for each kind of sink, as {\"mp4\": {\"coding\": {\"quality\": 12}}}.")
    private Path sinkSettings;

    @Option(names = "--overwrite", description = "Replace what exists.")
    private boolean overwrite;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CompactionPolicy kept = PolicyPresets.of(policy);
        if (Files.exists(Path.of(out)) && !overwrite) {
            throw new FileAlreadyExistsException(out);
        }
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            GenerationRequest request = request(model);
            model.check(request);
            render(model, request, kept, sink(request));
        }
        return 0;
    }

    private GenerationRequest request(VideoModel model) throws IOException {
        GenerationRequest request = model.request(prompt);
        long latent = ClipLength.latentFrames(pictureCount(model), model.temporalFactor());
        request = request.withLatentFrames(latent)
                .withSeed(sampling.seed())
                .withSampling(sampling.over(request.sampling()));
        return image == null
                ? request
                : request.withCondition(List.of(ImageReader.read(image, request.width(), request.height())));
    }

    private long pictureCount(VideoModel model) {
        return length.pictures(
                model.defaults().fps(), model.temporalFactor(), model.defaults().latentFrames());
    }

    private FrameSink sink(GenerationRequest request) throws IOException {
        PictureSize chosen = size == null ? new PictureSize(request.width(), request.height()).comfortable() : size;
        String made = "seed " + request.seed() + ", policy " + policy + ", "
                + models.folder().getFileName() + " model";
        SinkSettings settings = sinkSettings == null
                ? SinkSettings.FINITE.withSize(chosen.width(), chosen.height())
                : SettingsJson.read(sinkSettings, SinkSettings.FINITE.withSize(chosen.width(), chosen.height()));
        return SinkAddress.open(
                out,
                settings.withOverwrite(overwrite).withMetadata(Map.of("title", prompt, "comment", made)),
                LiveListener.NONE,
                System.out);
    }

    private void render(VideoModel model, GenerationRequest request, CompactionPolicy kept, FrameSink sink) {
        long count = pictureCount(model);
        try (Interruption interruption = new Interruption();
                RenderProgress progress = new RenderProgress(SinkAddress.shown(out), count)) {
            WriteSummary written = PackcacheFlux.generate(model, request)
                    .transform(packCache(kept))
                    .doOnNext(progress::made)
                    .transform(pictures())
                    .take(count)
                    .takeUntilOther(interruption.signal())
                    .as(to(sink))
                    .block();
            progress.close();
            // Where the pictures themselves go to standard output, words must not.
            PrintWriter words = out.equals("-")
                    ? spec.commandLine().getErr()
                    : spec.commandLine().getOut();
            words.println(summary(written, progress, model.defaults().fps()));
            if (interruption.stopping()) {
                words.println(
                        written.written() == 0
                                ? "stopped before the first picture"
                                : "stopped early; it plays up to there");
            }
            words.flush();
        }
    }

    private String summary(WriteSummary written, RenderProgress progress, int fps) {
        return String.format(
                Locale.ROOT,
                "%s: %d pictures, %.1f s of video in %.1f s (%.1f pictures/s), cache %s under %s, seed %d",
                SinkAddress.shown(out),
                written.written(),
                (double) written.written() / fps,
                progress.seconds(),
                written.written() / progress.seconds(),
                Units.bytes(progress.cacheBytes()),
                policy,
                sampling.seed());
    }
}
