package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GenerationSession.State;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pictures are made beside the store pass of their frame, and nobody who asks for frames can tell. */
class PicturesBesideTest {

    private final ScriptedModel script = new ScriptedModel();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void picturesAreMadeWhileTheStorePassRuns() {
        CountDownLatch painting = new CountDownLatch(1);
        CountDownLatch storing = new CountDownLatch(1);
        script.onPictures(() -> {
            painting.countDown();
            Threads.await(storing);
        });
        script.onStore(() -> {
            storing.countDown();
            Threads.await(painting);
        });
        try (GenerationSession session = script.model().open(script.request(1));
                GeneratedFrame frame = session.next()) {
            assertThat(frame.pictures()).hasSize(1);
        }
    }

    @Test
    void picturesThatNoThreadTookUpAreMadeOnceByWhoeverAsks() {
        AtomicInteger times = new AtomicInteger();
        SharedTask<Thread> task = new SharedTask<>(() -> {
            times.incrementAndGet();
            return Thread.currentThread();
        });
        assertThat(task.result()).isEqualTo(Thread.currentThread());
        task.run();
        assertThat(task.withdraw()).as("it is too late").isFalse();
        assertThat(task.result()).isEqualTo(Thread.currentThread());
        assertThat(times).hasValue(1);
    }

    @Test
    void aStorePassThatFailsReleasesThePicturesMadeBesideIt() {
        CountDownLatch painting = new CountDownLatch(1);
        script.onPictures(painting::countDown);
        script.onStore(() -> Threads.await(painting));
        script.failCommit(new ArithmeticException("no room"));
        try (GenerationSession session = script.model().open(script.request(3))) {
            assertThatThrownBy(session::next).hasMessageContaining("latent frame 0 failed during the store pass");
            assertThat(script.model().pool().live()).isZero();
            assertThat(session.state()).isEqualTo(State.FAILED);
        }
    }

    @Test
    void afterAFailedStorePassTheSameFrameFollowsThoughItsPicturesWereMadeOnce() {
        List<String> undisturbed = frames(script.request(3));
        CountDownLatch painting = new CountDownLatch(1);
        try (GenerationSession session = script.model().open(script.request(3).withRewind(1))) {
            session.next().release();
            script.onPictures(painting::countDown);
            script.onStore(() -> Threads.await(painting));
            script.failCommit(new ArithmeticException("no room"));
            assertThatThrownBy(session::next).isInstanceOf(GenerationException.class);
            script.failCommit(null);
            session.recover();
            try (GeneratedFrame frame = session.next()) {
                assertThat(described(frame)).isEqualTo(undisturbed.get(1));
            }
        }
    }

    @Test
    void bothFailuresAreTold() {
        CountDownLatch painting = new CountDownLatch(1);
        script.onPictures(painting::countDown);
        script.onStore(() -> Threads.await(painting));
        script.failCommit(new ArithmeticException("no room"));
        script.failPictures(new ArithmeticException("no colour"));
        try (GenerationSession session = script.model().open(script.request(3))) {
            assertThatThrownBy(session::next)
                    .hasMessageContaining("latent frame 0 failed during the store pass")
                    .cause()
                    .hasMessage("no room")
                    .satisfies(failure -> assertThat(failure.getSuppressed())
                            .singleElement()
                            .hasToString("java.lang.ArithmeticException: no colour"));
        }
    }

    @Test
    void theTokenizerMakesPicturesOfOneSessionAtATime() throws InterruptedException {
        AtomicInteger painters = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        script.onPictures(() -> {
            most.accumulateAndGet(painters.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            painters.decrementAndGet();
        });
        List<Thread> sessions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sessions.add(new Thread(() -> frames(script.request(40))));
        }
        sessions.forEach(Thread::start);
        for (Thread session : sessions) {
            session.join();
        }
        assertThat(most).hasValue(1);
    }

    private List<String> frames(GenerationRequest request) {
        List<String> frames = new ArrayList<>();
        try (GenerationSession session = script.model().open(request)) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    frames.add(described(frame));
                }
            }
        }
        return frames;
    }

    private static String described(GeneratedFrame frame) {
        return Arrays.toString(frame.codes())
                + frame.pictures().stream().map(VideoFrame::pts).toList();
    }
}
