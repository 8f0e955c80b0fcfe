package io.packcache.operators.akka;

import static io.packcache.operators.akka.PackcacheFlow.packCache;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.packcache.operators.FullTier;
import io.packcache.stream.session.GeneratedFrame;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tier that is full does to demand. */
class TierDemandStageTest {

    private final ActorSystem system = ActorSystem.create("tiers");

    @AfterEach
    void stop() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @Timeout(60)
    void noDemandPassesBeforeTheWriterOfAFullTierHasCaughtUp() {
        FullTier tier = new FullTier();
        AtomicLong asked = new AtomicLong();
        TestSubscriber.Probe<GeneratedFrame> receiver = Source.repeat(tier)
                .map(full -> full.frame(asked.getAndIncrement()))
                .via(packCache(FullTier.ARCHIVING))
                .runWith(TestSink.probe(system), system);
        receiver.request(2);
        tier.awaitWaiting();
        assertThat(asked).as("demand while the tier is behind").hasValue(1);

        tier.catchUp();
        assertThat(receiver.requestNext().number()).isZero();
        assertThat(receiver.requestNext().number()).isEqualTo(1);
        receiver.cancel();
    }
}
