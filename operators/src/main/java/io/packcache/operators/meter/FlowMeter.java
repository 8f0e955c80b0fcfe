package io.packcache.operators.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/**
 * One stream's meters, all beginning with {@code packcache.}:
 *
 * <ul>
 *   <li>timers: {@code first.frame} (from the subscription to the first latent frame), {@code frame} (all work on one latent
 *       frame), of which {@code frame.decode} (its refinement steps; {@code frame.step} is each of them), {@code frame.commit},
 *       {@code frame.pictures} and {@code compaction}; {@code queue.wait} (of each picture, in each queue)
 *   <li>gauges: {@code resident.bytes} and {@code cached.tokens} of the cache after the newest frame,
 *       {@code realtime.factor} (seconds of video that a second of work makes, by the newest frame)
 *   <li>counters: {@code drops} by {@code cause}, {@code held} (pictures shown once more)
 * </ul>
 *
 * <p>Streams of the same tags add up in timers and counters; gauges show the one that began last.
 */
public final class FlowMeter implements FlowObserver {

    private static final String PREFIX = "packcache.";

    private final Timer firstFrame;
    private final Timer frame;
    private final Timer decode;
    private final Timer step;
    private final Timer commit;
    private final Timer pictures;
    private final Timer compaction;
    private final Timer queueWait;
    private final Counter held;
    private final Map<Drop, Counter> drops = new EnumMap<>(Drop.class);

    private final long started = System.nanoTime();
    private final AtomicBoolean first = new AtomicBoolean();
    private volatile long residentBytes;
    private volatile long cachedTokens;
    private volatile double realtimeFactor;

    /**
     * Makes the meters of a stream that begins now.
     *
     * @param tags on each of them
     */
    public FlowMeter(MeterRegistry registry, Tags tags) {
        firstFrame = registry.timer(PREFIX + "first.frame", tags);
        frame = registry.timer(PREFIX + "frame", tags);
        decode = registry.timer(PREFIX + "frame.decode", tags);
        step = registry.timer(PREFIX + "frame.step", tags);
        commit = registry.timer(PREFIX + "frame.commit", tags);
        pictures = registry.timer(PREFIX + "frame.pictures", tags);
        compaction = registry.timer(PREFIX + "compaction", tags);
        queueWait = registry.timer(PREFIX + "queue.wait", tags);
        held = registry.counter(PREFIX + "held", tags);
        for (Drop cause : Drop.values()) {
            drops.put(cause, registry.counter(PREFIX + "drops", tags.and("cause", name(cause))));
        }
        gauge(registry, "resident.bytes", tags, "bytes", meter -> meter.residentBytes);
        gauge(registry, "cached.tokens", tags, "tokens", meter -> meter.cachedTokens);
        gauge(registry, "realtime.factor", tags, null, meter -> meter.realtimeFactor);
    }

    /** A registry keeps the first gauge of a name; a stream that runs again would be seen as it was the first time. */
    private void gauge(MeterRegistry registry, String name, Tags tags, String unit, ToDoubleFunction<FlowMeter> value) {
        registry.removeByPreFilterId(new Meter.Id(PREFIX + name, tags, unit, null, Meter.Type.GAUGE));
        Gauge.builder(PREFIX + name, this, value).tags(tags).baseUnit(unit).register(registry);
    }

    private static String name(Drop cause) {
        return cause.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void frame(GeneratedFrame made) {
        if (first.compareAndSet(false, true)) {
            firstFrame.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
        FrameStatistics cost = made.statistics();
        frame.record(cost.totalNanos(), TimeUnit.NANOSECONDS);
        decode.record(cost.decodeNanos(), TimeUnit.NANOSECONDS);
        for (long nanos : cost.stepNanos()) {
            step.record(nanos, TimeUnit.NANOSECONDS);
        }
        commit.record(cost.commitNanos(), TimeUnit.NANOSECONDS);
        pictures.record(cost.picturesNanos(), TimeUnit.NANOSECONDS);
        compaction.record(cost.compactionNanos(), TimeUnit.NANOSECONDS);
        residentBytes = cost.residentBytes();
        cachedTokens = cost.tokensAfter();
        if (!made.pictures().isEmpty() && cost.totalNanos() > 0) {
            double seconds =
                    made.pictures().get(0).timeBase().seconds(made.pictures().size());
            realtimeFactor = seconds * TimeUnit.SECONDS.toNanos(1) / cost.totalNanos();
        }
    }

    @Override
    public void waited(long nanos) {
        queueWait.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void dropped(Drop cause, long count) {
        drops.get(cause).increment((double) count);
    }

    @Override
    public void held() {
        held.increment();
    }
}
