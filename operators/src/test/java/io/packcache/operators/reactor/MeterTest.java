package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.boundedQueue;
import static io.packcache.operators.reactor.PackcacheFlux.meter;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheSink.meterSink;
import static io.packcache.operators.reactor.PackcacheSink.to;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeterTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedModel script = new ScriptedModel();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void aStreamIsMeasuredUnderItsNameAndTags() {
        PackcacheFlux.generate(script.model(), script.request(5))
                .transform(packCache(PackCache.defaults()))
                .transform(pictures())
                .transform(boundedQueue(3, OverflowStrategy.BACKPRESSURE))
                .name("on air")
                .tag("channel", "one")
                .transform(meter(registry))
                .doOnNext(VideoFrame::release)
                .blockLast();
        String[] tags = {"stream", "on air", "channel", "one"};
        assertThat(registry.get("packcache.frame").tags(tags).timer().count()).isEqualTo(5);
        assertThat(registry.get("packcache.first.frame").tags(tags).timer().count())
                .isEqualTo(1);
        assertThat(registry.get("packcache.frame.step").tags(tags).timer().count())
                .isEqualTo(5L * ScriptedModel.STEPS);
        assertThat(registry.get("packcache.compaction").tags(tags).timer().totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
        assertThat(registry.get("packcache.queue.wait").tags(tags).timer().count())
                .isEqualTo(17);
        assertThat(registry.get("packcache.resident.bytes").tags(tags).gauge().value())
                .isPositive();
        assertThat(registry.get("packcache.realtime.factor").tags(tags).gauge().value())
                .isPositive();
        assertThat(registry.get("packcache.drops")
                        .tags(tags)
                        .tag("cause", "overflow")
                        .counter()
                        .count())
                .isZero();
    }

    @Test
    void theQueueOfASinkIsMeasuredToo() {
        PackcacheFlux.generate(script.model(), script.request(3))
                .transform(pictures())
                .as(to(new RecordingSink()))
                .transform(meterSink(registry))
                .block();
        assertThat(registry.get("packcache.queue.wait").timer().count()).isEqualTo(9);
        assertThat(registry.get("packcache.frame").timer().count()).isEqualTo(3);
    }

    @Test
    void akkaCarriesTheMeterAsAnAttribute() {
        ActorSystem system = ActorSystem.create("meter");
        PackcacheSource.generate(script.model(), script.request(3))
                .via(PackcacheFlow.pictures())
                .toMat(PackcacheSink.to(new RecordingSink()), akka.stream.javadsl.Keep.right())
                .addAttributes(PackcacheFlow.meter(registry, "on air"))
                .run(system)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        assertThat(registry.get("packcache.frame")
                        .tag("stream", "on air")
                        .timer()
                        .count())
                .isEqualTo(3);
        assertThat(registry.get("packcache.queue.wait").timer().count()).isEqualTo(9);
    }

    @Test
    void aStreamThatRunsAgainIsSeenAndNotTheOneBefore() {
        List<Double> first = residentBytes(3);
        List<Double> second = residentBytes(1);
        assertThat(first.get(first.size() - 1)).isGreaterThan(first.get(0));
        assertThat(second).containsExactly(first.get(0));
    }

    /** What the gauge shows at each picture. */
    private List<Double> residentBytes(long latentFrames) {
        return PackcacheFlux.generate(script.model(), script.request(latentFrames))
                .transform(pictures())
                .transform(meter(registry))
                .doOnNext(VideoFrame::release)
                .map(picture -> registry.get("packcache.resident.bytes").gauge().value())
                .collectList()
                .block();
    }

    @Test
    void aStreamWithoutAMeterMeasuresNothing() {
        PackcacheFlux.generate(script.model(), script.request(2))
                .transform(pictures())
                .doOnNext(VideoFrame::release)
                .blockLast();
        assertThat(registry.getMeters()).isEmpty();
    }
}
