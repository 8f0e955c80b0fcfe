package io.packcache.examples.pipelines;

import io.packcache.media.SinkAddress;
import io.packcache.media.SinkSettings;
import io.packcache.media.image.ImageReader;
import io.packcache.media.live.LiveListener;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.operators.reactor.PackcacheSink;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.pipeline.OperatorSpec;
import io.packcache.stream.pipeline.PipelineFormat;
import io.packcache.stream.pipeline.PipelineSpec;
import io.packcache.stream.pipeline.RequestSettings;
import io.packcache.stream.pipeline.SinkSpec;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.spec.SettingsFormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A pipeline file turned into the chain that the fluent API makes: generate, compact, frames, pictures, sinks. */
public final class Pipeline {

    /** Size that pictures are shown in unless a sink's settings say otherwise. */
    private static final int SIDE = 512;

    private final Flux<GeneratedFrame> source;
    private final long pictures;
    private final PipelineSpec<SinkSettings> spec;
    private Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> compaction;
    private final List<Step.OnFrames> onFrames = new ArrayList<>();
    private final List<Step.OnPictures> onPictures = new ArrayList<>();

    private Pipeline(Flux<GeneratedFrame> source, long pictures, PipelineSpec<SinkSettings> spec)
            throws SettingsFormatException {
        this.source = source;
        this.pictures = pictures;
        this.spec = spec;
        for (OperatorSpec operator : spec.operators()) {
            add(operator);
        }
    }

    /** The format of pipeline files; files of known length are written with their index first. */
    public static PipelineFormat<SinkSettings> format() {
        return Steps.format(SinkSettings.FINITE.withSize(SIDE, SIDE));
    }

    /**
     * Puts a pipeline together; nothing is generated or written yet.
     *
     * @throws IOException if the model cannot do what the request says, or operators stand in an order that cannot be; the
     *     message says where
     */
    public static Pipeline of(PipelineSpec<SinkSettings> spec, VideoModel model) throws IOException {
        if (spec.resumeFrom().isPresent()) {
            Path checkpoint = checkpoint(spec.resumeFrom().get());
            return new Pipeline(PackcacheFlux.resumeFrom(model, checkpoint), Long.MAX_VALUE, spec);
        }
        GenerationRequest request = request(spec, model);
        long pictures = request.latentFrames() == GenerationRequest.ENDLESS
                ? Long.MAX_VALUE
                : 1 + (request.latentFrames() - 1) * model.temporalFactor();
        return new Pipeline(PackcacheFlux.generate(model, request), pictures, spec);
    }

    private static Path checkpoint(String from) throws IOException {
        Path path = Path.of(from);
        if (!Files.exists(path)) {
            throw new SettingsFormatException("$.resumeFrom: there is no " + path.toAbsolutePath());
        }
        if (!Files.isDirectory(path)) {
            return path;
        }
        return Checkpoints.newest(path)
                .orElseThrow(() -> new SettingsFormatException(
                        "$.resumeFrom: there is no checkpoint in the directory " + path.toAbsolutePath()));
    }

    private static GenerationRequest request(PipelineSpec<SinkSettings> spec, VideoModel model) throws IOException {
        RequestSettings settings = spec.request(model.defaults());
        List<VideoFrame> condition = settings.image().isEmpty()
                ? List.of()
                : List.of(ImageReader.read(Path.of(settings.image()), settings.width(), settings.height()));
        GenerationRequest request = settings.on(model, condition);
        try {
            model.check(request);
        } catch (IllegalArgumentException e) {
            throw new SettingsFormatException("$.request: " + e.getMessage(), e);
        }
        return request;
    }

    private void add(OperatorSpec operator) throws SettingsFormatException {
        Step step = Steps.of(operator);
        if (step instanceof Step.OnPictures pictures) {
            onPictures.add(pictures);
            return;
        }
        require(
                onPictures.isEmpty(),
                operator,
                "acts on latent frames; it must stand before those that act on pictures");
        if (step instanceof Step.OnFrames frames) {
            onFrames.add(frames);
        } else if (step instanceof Step.Compaction other) {
            require(
                    onFrames.isEmpty() && compaction == null,
                    operator,
                    "compacts the cache; it must be the first operator");
            compaction = other.operator().apply(spec.policy());
        }
    }

    private static void require(boolean holds, OperatorSpec operator, String rule) throws SettingsFormatException {
        if (!holds) {
            throw new SettingsFormatException(operator.path() + ": " + operator.name() + " " + rule);
        }
    }

    /** Number of pictures the video has; {@link Long#MAX_VALUE} if it does not end, or nobody can tell. */
    public long pictures() {
        return pictures;
    }

    /**
     * Runs it once it is subscribed to.
     *
     * @param made told every latent frame, after its compaction
     * @param stop ends the pictures early when it completes
     * @param standardOutput what the address {@code -} means
     */
    public Mono<TeeSummary> run(Consumer<GeneratedFrame> made, Publisher<Void> stop, OutputStream standardOutput)
            throws IOException {
        List<TeeBranch> branches = new ArrayList<>();
        for (SinkSpec<SinkSettings> sink : spec.sinks()) {
            branches.add(branch(sink, standardOutput));
        }
        Flux<GeneratedFrame> frames =
                source.transform(compaction == null ? PackcacheFlux.packCache(spec.policy()) : compaction);
        for (Step.OnFrames step : onFrames) {
            frames = frames.transform(step.operator());
        }
        Flux<VideoFrame> pictures = frames.doOnNext(made).transform(PackcacheFlux.pictures());
        for (Step.OnPictures step : onPictures) {
            pictures = pictures.transform(step.operator());
        }
        Function<Flux<VideoFrame>, Mono<TeeSummary>> sinks = PackcacheSink.tee(branches);
        return pictures.takeUntilOther(stop).as(sinks);
    }

    /** Live addresses take the newest pictures and slow nobody; files get every picture. */
    private TeeBranch branch(SinkSpec<SinkSettings> sink, OutputStream standardOutput) throws IOException {
        String shown = SinkAddress.shown(sink.to());
        String name = spec.sinks().indexOf(sink) + 1 + " " + shown;
        try {
            // Said for the sink as a whole it holds for whatever kind the address names.
            SinkSettings settings =
                    sink.settings().overwrite() ? sink.settings().withOverwrite(true) : sink.settings();
            FrameSink opened = SinkAddress.open(sink.to(), settings, LiveListener.NONE, standardOutput);
            return SinkAddress.isLive(sink.to()) ? TeeBranch.newest(name, opened) : TeeBranch.every(name, opened);
        } catch (IOException e) {
            throw new SettingsFormatException(sink.path() + ": " + e.getMessage(), e);
        }
    }
}
