package io.packcache.kvcache.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.packcache.kvcache.compute.cuda.CudaBackend;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs with and without the vector module; what differs between the two is said in the test. */
@Tag("fallback")
class BackendsTest {

    private static final boolean VECTOR_MODULE =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    /** What stands above the backends for the processor on this machine; empty where it computes on a device. */
    private static final List<String> ABOVE = Optional.ofNullable(CudaBackend.refusal()).stream()
            .map(reason -> "cuda: " + reason)
            .toList();

    @AfterEach
    void forgetSettings() {
        System.clearProperty(Backends.NAME_PROPERTY);
        System.clearProperty(Backends.THREADS_PROPERTY);
        System.clearProperty("packcache.vector.bits");
    }

    @Test
    void bestIsCudaOnADeviceThenVectorWithItsModuleAndPlainWithout() {
        try (Backend best = Backends.best()) {
            assertThat(best.name()).isEqualTo(ABOVE.isEmpty() ? "cuda" : VECTOR_MODULE ? "vector" : "plain");
        }
    }

    @Test
    void everyBetterBackendIsRefusedInOneSentence() {
        assumeFalse(ABOVE.isEmpty(), "this machine computes on its device");
        if (VECTOR_MODULE) {
            assertThat(Backends.refusals()).isEqualTo(ABOVE);
            assertThat(Backends.explain()).isEqualTo(ABOVE.get(0) + "; using vector");
        } else {
            assertThat(Backends.refusals())
                    .containsExactly(
                            ABOVE.get(0), "vector: the JVM was started without --add-modules=jdk.incubator.vector");
            assertThat(Backends.explain())
                    .isEqualTo(ABOVE.get(0)
                            + "; vector: the JVM was started without --add-modules=jdk.incubator.vector; using plain");
        }
    }

    @Test
    void hardwareThatIsNotThereIsNoAdvice() {
        assertThat(Backends.advice()).noneMatch(sentence -> sentence.contains("has no NVIDIA device"));
    }

    @Test
    void aSettingForcesABackend() {
        System.setProperty(Backends.NAME_PROPERTY, "plain");

        try (Backend best = Backends.best()) {
            assertThat(best.name()).isEqualTo("plain");
        }
    }

    @Test
    void aForcedBackendThatCannotRunIsAnErrorWithItsReason() {
        System.setProperty("packcache.vector.bits", "96");

        assertThatThrownBy(() -> Backends.of("vector"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("backend vector cannot run: "
                        + (VECTOR_MODULE
                                ? "-Dpackcache.vector.bits=96 is not a vector width: give 128, 256 or 512"
                                : "the JVM was started without --add-modules=jdk.incubator.vector"));
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheKnownOnes() {
        assertThatThrownBy(() -> Backends.of("abacus"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown backend 'abacus': choose one of cuda, vector, plain");
    }

    @Test
    void aWrongNumberOfThreadsIsRefused() {
        System.setProperty(Backends.THREADS_PROPERTY, "two");

        assertThatThrownBy(Backends::best).hasMessageContaining("packcache.threads=two");
        assertThatThrownBy(() -> Backends.of("plain", 0)).hasMessageContaining("at least 1 thread, not 0");
    }
}
