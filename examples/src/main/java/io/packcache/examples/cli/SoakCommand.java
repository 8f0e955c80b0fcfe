package io.packcache.examples.cli;

import io.packcache.examples.onair.LoopbackServer;
import io.packcache.examples.onair.OnAirMeter;
import io.packcache.examples.onair.Screen;
import io.packcache.examples.onair.Soak;
import io.packcache.examples.onair.SoakSamples;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.media.live.LiveSettings;
import io.packcache.media.live.LiveSink;
import io.packcache.media.live.LiveStatistics;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A long broadcast that is watched: does memory grow, do pictures get lost, does it keep time? */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Broadcast for a long time to a server on this machine, another prompt every minute, and measure:",
            "growth of resident memory, pictures dropped, drift against the clock. Exit code 1 if any is too much."
        },
        footer = {
            "",
            "With a heap of fixed size, code compiled early and malloc that gives back, so that what grows is a leak:",
            "  export PACKCACHE_JAVA_OPTS=\"-Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:CompileThresholdScaling=0.05\"",
            "  MALLOC_TRIM_THRESHOLD_=131072 packcache soak --minutes 60"
        })
final class SoakCommand implements Callable<Integer> {

    private static final List<String> PROMPTS = List.of(
            "a red circle moves right",
            "a blue square moves left",
            "a yellow triangle moves down",
            "a green circle moves up");

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    @Option(names = "--minutes", defaultValue = "60", paramLabel = "N", description = "Length. Default: 60.")
    private double minutes;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "Default: an nginx started for it on a free port.")
    private String to;

    @Option(names = "--fps", paramLabel = "N", description = "Pictures a second. Default: the model's.")
    private Integer fps;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write every look at the process to this file, too.")
    private Path csv;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (LoopbackServer own = to == null ? new LoopbackServer() : null;
                Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            int rate = fps == null ? model.defaults().fps() : fps;
            GenerationRequest request = model.request(PROMPTS.get(0))
                    .withLatentFrames(GenerationRequest.ENDLESS)
                    .withSeed(sampling.seed());
            request = request.withSampling(sampling.over(request.sampling()));
            long pictures = Math.max(1, Math.round(minutes * 60 * rate));
            OnAir onAir = new OnAir(model, request, PackCache.defaults(), rate, pictures, PromptMode.RECACHE);
            return soak(onAir, to == null ? own.address() : to);
        }
    }

    private int soak(OnAir onAir, String address) throws IOException {
        OnAirMeter meter = new OnAirMeter(onAir.fps());
        Flux<String> prompts = Flux.interval(Duration.ofMinutes(1))
                .map(minute -> PROMPTS.get((int) ((minute + 1) % PROMPTS.size())))
                .onBackpressureDrop();
        try (Interruption interruption = new Interruption();
                Screen screen = Screen.open()) {
            BroadcastReport report = new BroadcastReport(screen, meter, onAir.fps());
            LiveSink sink = new LiveSink(
                    address,
                    LiveSettings.DEFAULTS.withCoding(
                            LiveSettings.DEFAULTS.coding().withSilentAudio(true)),
                    report);
            report.watch(sink);
            Disposable ticking = Flux.interval(Duration.ofSeconds(1)).subscribe(second -> report.tick());
            Soak soak = new Soak(() -> sink.statistics().position(), onAir.fps(), BETWEEN_LOOKS);
            try {
                onAir.send(sink, meter, prompts, report::prompt, interruption.signal());
            } finally {
                ticking.dispose();
                soak.close();
            }
            SoakSamples samples = soak.end();
            if (csv != null) {
                Files.writeString(csv, samples.csv());
            }
            return judge(samples, sink.statistics());
        }
    }

    private int judge(SoakSamples samples, LiveStatistics counts) {
        SoakSamples.Growth growth = samples.growth();
        boolean steady = growth.isNoise();
        boolean complete = counts.dropped() == 0 && counts.connections() == 1;
        boolean onTime = samples.worstDrift() < 1 && counts.clockMoves() == 0;
        spec.commandLine()
                .getOut()
                .println(String.format(
                        Locale.ROOT,
                        """
                %.1f minutes, %d pictures sent, %d samples
                resident memory %s, growth %.1f KiB a minute (standard error %.1f): %s
                  of it code that the JVM compiled late: %.1f KiB a minute
                dropped %d, connections %d: %s
                drift at the end %+.2f pictures, at worst %.2f, clock moved %d times: %s""",
                        samples.minutes(),
                        counts.sent(),
                        samples.size(),
                        Units.bytes(samples.residentBytes()),
                        growth.bytesPerMinute() / 1024,
                        growth.standardError() / 1024,
                        verdict(steady),
                        samples.codeGrowth().bytesPerMinute() / 1024,
                        counts.dropped(),
                        counts.connections(),
                        verdict(complete),
                        samples.drift(),
                        samples.worstDrift(),
                        counts.clockMoves(),
                        verdict(onTime)));
        return steady && complete && onTime ? 0 : 1;
    }

    private static String verdict(boolean good) {
        return good ? "good" : "TOO MUCH";
    }
}
