package io.packcache.kvcache.compute;

import io.packcache.kvcache.compute.cuda.CudaBackend;
import io.packcache.kvcache.compute.plain.PlainBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The ladder of backends, fastest first; the first rung that can run here is the best.
 *
 * <p>Two system properties change the default choice: {@value #NAME_PROPERTY} forces a rung by name, {@value
 * #THREADS_PROPERTY} says how many threads compute, the caller included (default: the available processors).
 */
public final class Backends {

    /** Forces a backend by name. */
    public static final String NAME_PROPERTY = "packcache.backend";

    /** Number of computing threads, at least 1. */
    public static final String THREADS_PROPERTY = "packcache.threads";

    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String VECTOR_CLASS = "io.packcache.kvcache.compute.vector.VectorBackend";

    private static final List<Rung> LADDER = List.of(
            new Rung("cuda", CudaBackend::hasDevice, Backends::cudaRefusal, threads -> CudaBackend.open(), () -> {}),
            new Rung("vector", () -> true, Backends::vectorRefusal, Backends::openVector, Backends::warmUpVector),
            new Rung("plain", () -> true, Optional::empty, threads -> new PlainBackend(), () -> {}));

    private Backends() {}

    /**
     * One backend.
     *
     * @param applies whether the machine has what it computes on
     * @param refusal why it cannot run here, if it cannot
     * @param open how to open it with a number of threads
     * @param warmUp what makes this JVM ready for it
     */
    private record Rung(
            String name,
            BooleanSupplier applies,
            Supplier<Optional<String>> refusal,
            IntFunction<Backend> open,
            Runnable warmUp) {}

    /** The names of all backends, fastest first. */
    public static List<String> names() {
        return LADDER.stream().map(Rung::name).toList();
    }

    /**
     * Opens the fastest backend that can run here, or the one that {@value #NAME_PROPERTY} names.
     *
     * @throws IllegalStateException if the named one cannot run here; the message says why
     */
    public static Backend best() {
        String forced = System.getProperty(NAME_PROPERTY);
        if (forced != null) {
            return of(forced);
        }
        for (Rung rung : LADDER) {
            if (rung.refusal().get().isEmpty()) {
                return rung.open().apply(defaultThreads());
            }
        }
        throw new AssertionError("plain Java runs everywhere");
    }

    /**
     * Makes this JVM ready for the backend that {@link #best} opens, see {@link Backend#warmUp()}; on the calling thread, which
     * may do it before anything is opened.
     */
    public static void warmUp() {
        String forced = System.getProperty(NAME_PROPERTY);
        LADDER.stream()
                .filter(rung -> forced == null || rung.name().equals(forced))
                .filter(rung -> rung.refusal().get().isEmpty())
                .findFirst()
                .ifPresent(rung -> rung.warmUp().run());
    }

    /** Opens the named backend with the default number of threads, see {@link #of(String, int)}. */
    public static Backend of(String name) {
        return of(name, defaultThreads());
    }

    /**
     * Opens the named backend.
     *
     * @param name one of {@link #names()}
     * @param threads how many threads compute, the caller included; at least 1; {@code cuda} and {@code plain} take what
     *     they need
     * @throws IllegalArgumentException if there is no backend of that name
     * @throws IllegalStateException if it cannot run here; the message says why
     */
    public static Backend of(String name, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a backend computes on at least 1 thread, not " + threads);
        }
        Rung rung = LADDER.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown backend '" + name + "': choose one of " + String.join(", ", names())));
        rung.refusal().get().ifPresent(reason -> {
            throw new IllegalStateException("backend " + name + " cannot run: " + reason);
        });
        return rung.open().apply(threads);
    }

    /** For every backend better than the best that runs here one sentence why it does not, fastest first. */
    public static List<String> refusals() {
        return refusals(rung -> true);
    }

    /** Those of the {@link #refusals} that the machine's hardware does not decide: what another setup would change. */
    public static List<String> advice() {
        return refusals(rung -> rung.applies().getAsBoolean());
    }

    private static List<String> refusals(Predicate<Rung> wanted) {
        List<String> sentences = new ArrayList<>();
        for (Rung rung : LADDER) {
            Optional<String> reason = rung.refusal().get();
            if (reason.isEmpty()) {
                return sentences;
            }
            if (wanted.test(rung)) {
                sentences.add(rung.name() + ": " + reason.get());
            }
        }
        return sentences;
    }

    /** The refusals and the choice in one line, for logs and {@code --version}. */
    public static String explain() {
        String chosen = LADDER.get(refusals().size()).name();
        return refusals().stream().map(reason -> reason + "; ").collect(Collectors.joining()) + "using " + chosen;
    }

    private static int defaultThreads() {
        String setting = System.getProperty(THREADS_PROPERTY);
        if (setting == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (!setting.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException(
                    "-D" + THREADS_PROPERTY + "=" + setting + " is not a number of threads: give 1 to 9999");
        }
        return Integer.parseInt(setting);
    }

    private static Optional<String> cudaRefusal() {
        return Optional.ofNullable(CudaBackend.refusal());
    }

    private static Optional<String> vectorRefusal() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return Optional.of("the JVM was started without --add-modules=" + VECTOR_MODULE);
        }
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("interpreted") || mode.contains("emulated-client")) {
            return Optional.of("the JVM runs without its optimising compiler (" + mode
                    + "), which turns vector calls into instructions");
        }
        try {
            return Optional.ofNullable(
                    (String) vectorClass().getMethod("refusal").invoke(null));
        } catch (ReflectiveOperationException e) {
            throw brokenVectorClass(e);
        }
    }

    private static Backend openVector(int threads) {
        try {
            return (Backend) vectorClass().getConstructor(int.class).newInstance(threads);
        } catch (ReflectiveOperationException e) {
            throw brokenVectorClass(e);
        }
    }

    private static void warmUpVector() {
        try (Backend backend = openVector(1)) {
            backend.warmUp();
        }
    }

    /** Found by name, so that a JVM without the module never links the kernels. */
    private static Class<?> vectorClass() throws ClassNotFoundException {
        return Class.forName(VECTOR_CLASS);
    }

    private static LinkageError brokenVectorClass(ReflectiveOperationException cause) {
        return new LinkageError(VECTOR_CLASS + " is missing or broken in this build", cause);
    }
}
