package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.snapshot.SnapshotException;
import io.packcache.stream.flow.CheckpointListener;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.FrameProbe;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.OnTinyModel;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that goes on after its process is gone: a real transformer, another model object, the same frames. */
class ResumeTest extends OnTinyModel {

    @TempDir
    Path saved;

    /** What a viewer could tell apart. */
    private record Seen(long number, long epoch, List<Integer> codes, List<Long> times, List<Integer> pixels) {

        static Seen of(GeneratedFrame frame) {
            return new Seen(
                    frame.number(),
                    frame.epoch().number(),
                    OnTinyModel.codes(frame),
                    frame.pictures().stream().map(VideoFrame::pts).toList(),
                    frame.pictures().stream()
                            .map(picture -> Arrays.hashCode(picture.rgb()))
                            .toList());
        }
    }

    private static Seen next(GenerationSession session, CompactionPolicy policy, Path file) {
        try (GeneratedFrame frame = session.next()) {
            frame.lease().apply(policy.plan(frame.lease().view(), Budget.unlimited()));
            if (file != null) {
                frame.lease().save(file);
            }
            return Seen.of(frame);
        }
    }

    private List<Seen> resumed(Path file, CompactionPolicy policy) throws IOException {
        List<Seen> rest = new ArrayList<>();
        try (VideoModel again = VideoModel.load(folder, backend);
                GenerationSession session = again.resume(file)) {
            while (session.hasNext()) {
                rest.add(next(session, policy, null));
            }
        }
        return rest;
    }

    @Test
    void theSameFramesFollowUnderAnyPolicy() throws IOException {
        for (CompactionPolicy policy : List.of(PackCache.defaults(), new FullCache())) {
            List<Seen> all = new ArrayList<>();
            try (GenerationSession session = model.open(request(12))) {
                for (int number = 0; number < 12; number++) {
                    all.add(next(session, policy, number == 5 ? saved.resolve("five") : null));
                }
            }
            assertThat(resumed(saved.resolve("five"), policy)).isEqualTo(all.subList(6, 12));
        }
    }

    @Test
    void afterOtherPromptsTooAndOnesThatComeLater() throws IOException {
        for (PromptMode mode : PromptMode.values()) {
            List<Seen> all = new ArrayList<>();
            try (GenerationSession session = model.open(request(12))) {
                for (int number = 0; number < 12; number++) {
                    if (number == 4) {
                        assertThat(session.steering().switchPrompt("red moves right", mode))
                                .isNotNull();
                    }
                    all.add(next(session, PackCache.defaults(), number == 6 ? saved.resolve("six") : null));
                }
            }
            assertThat(resumed(saved.resolve("six"), PackCache.defaults()))
                    .as("%s", mode)
                    .isEqualTo(all.subList(7, 12));
            try (GenerationSession session = model.resume(saved.resolve("six"))) {
                assertThat(session.steering().switchPrompt("a circle", PromptMode.RECACHE))
                        .isNotNull();
                assertThat(next(session, PackCache.defaults(), null).epoch()).isEqualTo(2);
            }
        }
    }

    @Test
    void evenWhileConditioningFramesAreDelivered() throws IOException {
        List<VideoFrame> clip = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            byte[] rgb = new byte[3 * 16 * 16];
            Arrays.fill(rgb, (byte) (20 * i));
            clip.add(VideoFrame.unpooled(16, 16, i, model.timeBase(), rgb));
        }
        List<Seen> all = new ArrayList<>();
        try (GenerationSession session = model.open(request(6).withCondition(clip))) {
            for (int number = 0; number < 6; number++) {
                all.add(next(session, PackCache.defaults(), number == 0 ? saved.resolve("zero") : null));
            }
        }
        assertThat(resumed(saved.resolve("zero"), PackCache.defaults())).isEqualTo(all.subList(1, 6));
    }

    @Test
    void asAStreamItBeginsWithTheFrameAfterTheCheckpoint() {
        try (GenerationSession session = model.open(request(4))) {
            next(session, PackCache.defaults(), saved.resolve("first"));
        }
        List<Long> numbers = new ArrayList<>();
        FrameProbe probe = new FrameProbe(frame -> numbers.add(frame.number()));
        FramePublisher.resuming(model, saved.resolve("first")).subscribe(probe);
        probe.subscription.request(Long.MAX_VALUE);
        probe.awaitEnd();
        assertThat(numbers).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFileOfAnotherModelOrAlteredAnywhereIsRefused() throws IOException {
        try (GenerationSession session = model.open(request(12))) {
            next(session, PackCache.defaults(), saved.resolve("file"));
        }
        byte[] whole = Files.readAllBytes(saved.resolve("file"));
        for (int at = 0; at < whole.length; at += 1 + whole.length / 40) {
            byte[] altered = whole.clone();
            altered[at] = (byte) (altered[at] ^ 4);
            Files.write(saved.resolve("altered"), altered);
            assertThatThrownBy(() -> model.resume(saved.resolve("altered")))
                    .as("byte %d", at)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("altered");
        }
        TinyModelFolder.write(folder, 6);
        try (VideoModel other = VideoModel.load(folder, backend)) {
            assertThatThrownBy(() -> other.resume(saved.resolve("file")))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("it is of model");
        }
        assertThatThrownBy(() -> model.resume(saved.resolve("absent"))).isInstanceOf(SnapshotException.class);
    }

    @Test
    void checkpointsAreWrittenEveryFewFramesAndOnlyTheNewestStay() throws IOException {
        List<Long> written = new ArrayList<>();
        Path directory = saved.resolve("deep/down");
        CheckpointListener listener = new CheckpointListener() {

            @Override
            public void written(Path file, long latentFrame, Duration took) {
                written.add(latentFrame);
            }

            @Override
            public void failed(Path file, long latentFrame, Exception reason) {
                throw new AssertionError(reason);
            }
        };
        Checkpoints checkpoints = new Checkpoints(CheckpointSettings.every(3, directory.toString()), listener);
        assertThat(Checkpoints.newest(directory)).isEmpty();
        List<Seen> all = new ArrayList<>();
        try (GenerationSession session = model.open(request(12))) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = checkpoints.pass(session.next())) {
                    all.add(Seen.of(frame));
                }
            }
        }
        assertThat(written).containsExactly(2L, 5L, 8L, 11L);
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
        assertThat(resumed(Checkpoints.newest(directory).orElseThrow(), new FullCache()))
                .isEmpty();
        Files.delete(Checkpoints.newest(directory).orElseThrow());
        assertThat(resumed(Checkpoints.newest(directory).orElseThrow(), new FullCache()))
                .isEqualTo(all.subList(9, 12));
    }

    @Test
    void aDiskThatRefusesIsToldAndTheStreamGoesOn() throws IOException {
        Path file = Files.createFile(saved.resolve("no-directory"));
        List<Exception> failures = new ArrayList<>();
        Checkpoints checkpoints = new Checkpoints(
                CheckpointSettings.every(1, file.toString()), (target, frame, reason) -> failures.add(reason));
        try (GenerationSession session = model.open(request(12));
                GeneratedFrame frame = checkpoints.pass(session.next())) {
            assertThat(frame.number()).isZero();
        }
        assertThat(failures).singleElement().isInstanceOf(IOException.class);
    }

    @Test
    void framesThatNoSessionMadeCannotBeSaved() {
        HandmadeFrames handmade = new HandmadeFrames();
        try (GeneratedFrame frame = handmade.next(1)) {
            assertThatThrownBy(() -> frame.lease().save(saved.resolve("file")))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
