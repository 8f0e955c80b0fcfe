package io.packcache.operators.akka;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.Attributes;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Akka Streams takes a video as any other publisher. */
class AkkaInteropTest {

    private static final long PATIENCE_SECONDS = 60;

    private final ScriptedModel script = new ScriptedModel();
    private final ActorSystem system = ActorSystem.create("packcache");

    @AfterEach
    void nothingIsHeld() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void everyPictureArrivesInOrder() throws Exception {
        List<Long> times = Source.fromPublisher(video(5))
                .addAttributes(Attributes.inputBuffer(1, 1))
                .map(AkkaInteropTest::released)
                .runWith(Sink.seq(), system)
                .toCompletableFuture()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(times)
                .containsExactlyElementsOf(LongStream.range(0, 17).boxed().toList());
    }

    private Flux<VideoFrame> video(long latentFrames) {
        return PackcacheFlux.generate(script.model(), script.request(latentFrames))
                .transform(packCache(PackCache.defaults()))
                .transform(pictures());
    }

    private static long released(VideoFrame picture) {
        picture.release();
        return picture.pts();
    }
}
