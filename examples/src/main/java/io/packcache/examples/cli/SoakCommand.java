package io.packcache.examples.cli;

import io.packcache.examples.onair.Growth;
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
            "growth of resident memory, pictures dropped, drift against the clock. Exit code 1 if any is too much.",
            "Memory and drift are judged after a warm-up, in which prompts change every 5 seconds."
        },
        footer = {
            "",
            "With heap and room for compiled code taken at the start, code compiled early and malloc that gives back, so",
            "that what grows is a leak:",
            "  export PACKCACHE_JAVA_OPTS=\"-Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:CompileThresholdScaling=0.05 \\",
            "      -XX:-SegmentedCodeCache -XX:InitialCodeCacheSize=64m -XX:ReservedCodeCacheSize=64m\"",
            "  MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 packcache soak --minutes 60"
        })
final class SoakCommand implements Callable<Integer> {

    private static final List<String> PROMPTS = List.of(
            "a red circle moves right",
            "a blue square moves left",
            "a yellow triangle moves down",
            "a green circle moves up");

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final Duration BETWEEN_PROMPTS = Duration.ofMinutes(1);

    /** What happens with each prompt happens so often at first that its code is compiled. */
    private static final Duration BETWEEN_FIRST_PROMPTS = Duration.ofSeconds(5);

    @Option(
            names = "--minutes",
            defaultValue = "60",
            paramLabel = "N",
            description = "Length, warm-up included. Default: 60.")
    private double minutes;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "N",
            description = "Minutes at the start that are not judged by memory and drift. Default: 10.")
    private double warmUp;

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
    public Integer call() throws IOException, InterruptedException {
        if (!(warmUp >= 0 && warmUp < minutes)) {
            throw new UserError("--warm-up is from 0 to less than --minutes " + minutes + ", got " + warmUp);
        }
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

    private int soak(OnAir onAir, String address) throws IOException, InterruptedException {
        OnAirMeter meter = new OnAirMeter(onAir.fps());
        SoakSamples samples = new SoakSamples(onAir.fps(), warmUp);
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
            Soak soak = new Soak(() -> sink.statistics().position(), samples, BETWEEN_LOOKS);
            try {
                onAir.send(sink, meter, prompts(), report::prompt, interruption.signal());
            } finally {
                ticking.dispose();
                soak.end();
            }
            if (csv != null) {
                Files.writeString(csv, samples.csv());
            }
            return judge(samples, sink.statistics());
        }
    }

    private Flux<String> prompts() {
        Duration first = Duration.ofNanos((long) (warmUp * 60e9));
        return Flux.interval(BETWEEN_FIRST_PROMPTS)
                .take(first.dividedBy(BETWEEN_FIRST_PROMPTS))
                .concatWith(Flux.interval(BETWEEN_PROMPTS))
                .onBackpressureDrop()
                .index((number, tick) -> PROMPTS.get((int) ((number + 1) % PROMPTS.size())));
    }

    private int judge(SoakSamples samples, LiveStatistics counts) {
        Growth growth = samples.growth();
        boolean steady = growth.isNoise();
        boolean complete = counts.dropped() == 0 && counts.connections() == 1;
        boolean onTime = samples.worstDrift() < 1 && counts.clockMoves() == 0;
        spec.commandLine()
                .getOut()
                .println(String.format(
                        Locale.ROOT,
                        """
                %d pictures sent, dropped %d, connections %d: %s
                after a warm-up of %.1f minutes, in the %.1f minutes from then on, by %d looks at the memory:
                resident memory %s, growth in KiB a minute %s: %s
                  %s
                drift at the end %+.2f pictures, at worst %.2f (%.2f in the warm-up), clock moved %d times: %s""",
                        counts.sent(),
                        counts.dropped(),
                        counts.connections(),
                        verdict(complete),
                        warmUp,
                        samples.minutes(),
                        samples.size(),
                        Units.bytes(samples.residentBytes()),
                        growth,
                        verdict(steady),
                        samples.parts(),
                        samples.drift(),
                        samples.worstDrift(),
                        samples.worstWarmingUp(),
                        counts.clockMoves(),
                        verdict(onTime)));
        return steady && complete && onTime ? 0 : 1;
    }

    private static String verdict(boolean good) {
        return good ? "good" : "TOO MUCH";
    }
}
