package io.packcache.operators;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.CheckpointListener;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.ChildJvm;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** A process that is killed with {@code kill -9}, whatever it is at, and one that goes on in its place: the same frames. */
class KilledStreamTest {

    /** SIGKILL, as a shell counts it. */
    private static final int KILLED = 128 + 9;

    private static final int EVERY = 3;
    private static final long PATIENCE_SECONDS = 60;
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final CheckpointListener TELLS_NOTHING = (file, frame, reason) -> {};

    @TempDir
    Path folder;

    @TempDir
    Path saved;

    /** Codes of each latent frame that any of the processes told. */
    private final Map<Long, String> told = new TreeMap<>();

    @Test
    void theStreamGoesOnWithTheSameFramesHoweverOftenItIsKilled() throws Exception {
        TinyModelFolder.write(folder, 5);
        runUntil("reactor", 7);
        long first = told.keySet().stream().reduce(0L, Long::max);
        runUntil("akka", first + 6);
        runUntil("reactor", first + 12);

        List<String> uninterrupted = uninterrupted(told.size());
        assertThat(told.keySet())
                .as("no frame is missing")
                .containsExactlyElementsOf(
                        IntStream.range(0, told.size()).mapToObj(Long::valueOf).toList());
        assertThat(List.copyOf(told.values())).isEqualTo(uninterrupted);
    }

    /** Begins, or goes on, in a process of its own, and kills it once it has told a frame. */
    private void runUntil(String library, long frame) throws Exception {
        Process victim = ChildJvm.of(Victim.class, SMALL, folder.toString(), saved.toString(), library)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long last = -1;
        try (BufferedReader lines = victim.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                last = note(line);
                if (last >= frame) {
                    // Not through the process itself, which would close the pipe with what is still in it.
                    victim.toHandle().destroyForcibly();
                }
                line = lines.readLine();
            }
        } finally {
            victim.destroyForcibly();
        }
        assertThat(victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(victim.exitValue()).as("killed, and nothing else").isEqualTo(KILLED);
        assertThat(last).as("frames told before it ended").isGreaterThanOrEqualTo(frame);
    }

    private long note(String line) {
        int space = line.indexOf(' ');
        long number = Long.parseLong(line.substring(0, space));
        String codes = line.substring(space + 1);
        assertThat(told.getOrDefault(number, codes))
                .as("latent frame %d told again", number)
                .isEqualTo(codes);
        told.put(number, codes);
        return number;
    }

    private List<String> uninterrupted(long frames) throws IOException {
        try (Backend backend = Backends.of("plain", 1);
                VideoModel model = VideoModel.load(folder, backend)) {
            return PackcacheFlux.generate(model, Victim.request(model).withLatentFrames(frames))
                    .transform(PackcacheFlux.packCache(PackCache.defaults()))
                    .map(Victim::codes)
                    .collectList()
                    .block();
        }
    }

    /** Generates without end, and tells the codes of each latent frame: model folder, checkpoint folder, library. */
    static final class Victim {

        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            Path saved = Path.of(arguments[1]);
            VideoModel model = VideoModel.load(Path.of(arguments[0]), Backends.of("plain", 1));
            CheckpointSettings settings = CheckpointSettings.every(EVERY, saved.toString());
            Optional<Path> newest = Checkpoints.newest(saved);
            if (arguments[2].equals("akka")) {
                Source<GeneratedFrame, ?> frames = newest.isPresent()
                        ? PackcacheSource.resumeFrom(model, newest.get())
                        : PackcacheSource.generate(model, request(model));
                frames.via(PackcacheFlow.packCache(PackCache.defaults()))
                        .via(PackcacheFlow.checkpointEvery(settings, TELLS_NOTHING))
                        .runForeach(Victim::tell, ActorSystem.create("victim"))
                        .toCompletableFuture()
                        .join();
            } else {
                Flux<GeneratedFrame> frames = newest.isPresent()
                        ? PackcacheFlux.resumeFrom(model, newest.get())
                        : PackcacheFlux.generate(model, request(model));
                frames.transform(PackcacheFlux.packCache(PackCache.defaults()))
                        .transform(PackcacheFlux.checkpointEvery(settings, TELLS_NOTHING))
                        .doOnNext(Victim::tell)
                        .blockLast();
            }
        }

        static GenerationRequest request(VideoModel model) {
            return model.request("a red circle")
                    .withLatentFrames(GenerationRequest.ENDLESS)
                    .withSeed(3);
        }

        private static void tell(GeneratedFrame frame) {
            System.out.println(frame.number() + " " + codes(frame));
        }

        static String codes(GeneratedFrame frame) {
            try (frame) {
                return Arrays.toString(frame.codes());
            }
        }
    }
}
