package io.packcache.operators.races;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.Materializer;
import io.packcache.operators.Row;
import io.packcache.stream.testkit.HandmadeFrames;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;

/** Operator x race on both libraries: whatever happens, every picture is released, and none twice. */
class RaceMatrixTest {

    private static final int FLUX_RACES = 200;
    private static final int AKKA_RACES = 20;
    private static final long PATIENCE_SECONDS = 20;

    private static ActorSystem system;
    private static Materializer materializer;

    private final HandmadeFrames frames = new HandmadeFrames();
    private final List<Throwable> droppedErrors = new CopyOnWriteArrayList<>();

    static Stream<Arguments> everyOperatorInEveryRace() {
        return Row.all().stream().flatMap(row -> Stream.of(Race.values()).map(race -> Arguments.of(row, race)));
    }

    @BeforeAll
    static void startActors() {
        system = ActorSystem.create("races");
        materializer = Materializer.createMaterializer(system);
    }

    @AfterAll
    static void stopActors() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @BeforeEach
    void listenToDroppedErrors() {
        Hooks.onErrorDropped(droppedErrors::add);
        Hooks.onNextDropped(element -> {});
    }

    @AfterEach
    void stopListening() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    @ParameterizedTest
    @MethodSource("everyOperatorInEveryRace")
    void reactorReleasesEveryPictureOnce(Row<?> row, Race race) {
        for (int i = 0; i < (race.isRace() ? FLUX_RACES : 1); i++) {
            play(new FluxRig<>(row, frames), race);
        }
        assertThat(droppedErrors)
                .as("no release too many")
                .noneMatch(error -> String.valueOf(error.getMessage()).contains("more often than it was held"));
    }

    @ParameterizedTest
    @MethodSource("everyOperatorInEveryRace")
    void akkaReleasesEveryPictureOnce(Row<?> row, Race race) {
        for (int i = 0; i < (race.isRace() ? AKKA_RACES : 1); i++) {
            play(new AkkaRig<>(row, frames, materializer), race);
        }
    }

    private void play(Rig rig, Race race) {
        race.run(rig);
        assertThat(rig.settle()).as("ends of the stream").isLessThanOrEqualTo(1);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (frames.pool.live() != 0 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        assertThat(frames.pool.live()).as("pictures not released").isZero();
    }
}
