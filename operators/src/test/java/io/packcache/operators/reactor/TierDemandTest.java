package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.operators.FullTier;
import io.packcache.stream.session.GeneratedFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** What a tier that is full does to demand. */
class TierDemandTest {

    @Test
    @Timeout(60)
    void noDemandPassesBeforeTheWriterOfAFullTierHasCaughtUp() throws InterruptedException {
        FullTier tier = new FullTier();
        ManualSource<GeneratedFrame> source = new ManualSource<>();
        BaseSubscriber<GeneratedFrame> receiver = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(GeneratedFrame frame) {
                frame.release();
                request(1);
            }
        };
        source.transform(packCache(FullTier.ARCHIVING)).subscribe(receiver);
        Thread session = new Thread(() -> source.next(tier.frame(0)));
        session.start();
        tier.awaitWaiting();
        assertThat(source.requested).as("demand while the tier is behind").hasValue(1);

        tier.catchUp();
        session.join();
        assertThat(source.requested).hasValue(2);
    }
}
