package io.packcache.examples.cli;

import io.packcache.examples.onair.OnAirMeter;
import io.packcache.examples.onair.Screen;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.media.live.LiveSettings;
import io.packcache.media.live.LiveSink;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.spec.SettingsJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** On air until told to stop; what is typed becomes the next prompt. */
@Command(
        name = "live",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Broadcast a prompt live. While it runs, type another prompt and press Enter: it takes effect at once.",
            "Lost connections are tried again; Ctrl-C ends."
        },
        footer = {
            "",
            "Examples:",
            "  packcache live --prompt \"a red circle moves right\" --to rtmp://127.0.0.1/live/key",
            "  packcache live @station.txt     (options from a file, so that no process list shows the key)"
        })
final class LiveCommand implements Callable<Integer> {

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What the video shows at first.")
    private String prompt;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "ADDRESS",
            description = "rtmp://host/application/key, rtmps://..., srt://host:port[?streamid=...], udp://host:port.")
    private String to;

    @Option(
            names = "--fps",
            paramLabel = "N",
            description = "Pictures a second, 1 to 120; other than the model's, motion is faster or slower.")
    private Integer fps;

    @Option(names = "--seconds", paramLabel = "S", description = "Length. Default: until Ctrl-C.")
    private Double seconds;

    @Option(
            names = "--switch",
            defaultValue = "RECACHE",
            paramLabel = "MODE",
            description =
                    "What a new prompt does to the picture: recache (it goes on) or reset (a cut). Default: recache.")
    private PromptMode mode;

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
                    "Size on air, enlarged without smoothing. Default: a whole multiple of the model's, near 512.")
    private PictureSize size;

    @Option(
            names = "--audio",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "A silent audio track goes along, as many services demand. Default: it does.")
    private boolean audio;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "JSON: coding, deadlines, retries and queue of the broadcast.")
    private Path settings;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (fps != null && (fps < 1 || fps > 120)) {
            throw new UserError("--fps is 1 to 120, got " + fps);
        }
        if (seconds != null && !(seconds > 0)) {
            throw new UserError("--seconds is more than 0, got " + seconds);
        }
        CompactionPolicy kept = PolicyPresets.of(policy);
        LiveSettings given =
                settings == null ? LiveSettings.DEFAULTS : SettingsJson.read(settings, LiveSettings.DEFAULTS);
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            int rate = fps == null ? model.defaults().fps() : fps;
            GenerationRequest request = model.request(prompt)
                    .withLatentFrames(GenerationRequest.ENDLESS)
                    .withSeed(sampling.seed());
            request = request.withSampling(sampling.over(request.sampling()));
            model.check(request);
            broadcast(new OnAir(model, request, kept, rate, pictures(rate), mode), sized(given, request));
        }
        return 0;
    }

    private long pictures(int rate) {
        return seconds == null ? Long.MAX_VALUE : Math.max(1, Math.round(seconds * rate));
    }

    /** The settings given, with the size and the audio of the command line. */
    private LiveSettings sized(LiveSettings given, GenerationRequest request) {
        LiveSettings.Coding coding = given.coding();
        if (size != null || coding.width() == 0) {
            PictureSize own = new PictureSize(request.width(), request.height()).comfortable();
            PictureSize chosen = size == null ? own : size;
            coding = coding.withSize(chosen.width(), chosen.height());
        }
        return given.withCoding(coding.withSilentAudio(audio));
    }

    private void broadcast(OnAir onAir, LiveSettings chosen) throws IOException {
        OnAirMeter meter = new OnAirMeter(onAir.fps());
        BroadcastReport report;
        try (Interruption interruption = new Interruption();
                Screen screen = Screen.open()) {
            report = new BroadcastReport(screen, meter, onAir.fps());
            LiveSink sink = new LiveSink(to, chosen, report);
            report.watch(sink);
            Disposable ticking = Flux.interval(Duration.ofSeconds(1)).subscribe(second -> report.tick());
            try {
                onAir.send(
                        sink,
                        meter,
                        screen.lines(),
                        report::prompt,
                        Mono.firstWithSignal(interruption.signal(), screen.stop()));
            } finally {
                ticking.dispose();
            }
        }
        spec.commandLine().getOut().println(report.summary() + ", " + policy + ", seed " + sampling.seed());
    }
}
