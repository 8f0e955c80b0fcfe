package io.packcache.stream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.compute.plain.PlainBackend;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.session.FrameGenerator;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A model without weights: three refinement steps a frame, codes that depend on seed, frame and every token the cache
 * holds, pictures that are made beside the store pass, and counters for everything that must be given back.
 */
public final class ScriptedModel implements AutoCloseable {

    /** Called before a refinement step; may block, throw, or cancel. */
    public interface StepHook {
        void before(long frame, int step);
    }

    public static final int STEPS = 3;
    public static final int WIDTH = 16;
    public static final int HEIGHT = 16;

    final AtomicInteger openDecoders = new AtomicInteger();
    final AtomicInteger openPictureDecoders = new AtomicInteger();
    final AtomicLong stepsRun = new AtomicLong();
    final AtomicInteger weightsFreed = new AtomicInteger();
    volatile StepHook hook = (frame, step) -> {};
    volatile Runnable store = () -> {};
    volatile Runnable paint = () -> {};
    volatile RuntimeException commitFailure;
    volatile RuntimeException pictureFailure;
    volatile RuntimeException compactionFailure;
    volatile RuntimeException switchFailure;
    volatile Supplier<RuntimeException> closeFailure;
    volatile Clip lastClip;

    private final VideoModel model;

    public ScriptedModel() {
        this("{prompt}");
    }

    public ScriptedModel(String promptTemplate) {
        SamplingSettings sampling = SamplingSettings.defaults().withSteps(STEPS);
        model = new VideoModel(
                new Generator(),
                new ScriptedTokenizer(this),
                new GenerationDefaults(sampling, 12, 2, 7, promptTemplate, WIDTH, HEIGHT),
                Optional.of(new PlainBackend()));
    }

    public VideoModel model() {
        return model;
    }

    /** A request for {@code latentFrames} latent frames. */
    public GenerationRequest request(long latentFrames) {
        return model.request("a red circle").withLatentFrames(latentFrames);
    }

    /** From now on {@code next} is called before each refinement step. */
    public void onStep(StepHook next) {
        hook = next;
    }

    /** From now on {@code next} is called within each store pass; may block. */
    public void onStore(Runnable next) {
        store = next;
    }

    /** From now on {@code next} is called before the pictures of a frame are made; may block. */
    public void onPictures(Runnable next) {
        paint = next;
    }

    /** Makes the store pass throw; null for no failure. */
    public void failCommit(RuntimeException failure) {
        commitFailure = failure;
    }

    /** Makes the picture decoder throw; null for no failure. */
    public void failPictures(RuntimeException failure) {
        pictureFailure = failure;
    }

    /** Makes compaction throw when it is half done; null for no failure. */
    public void failCompaction(RuntimeException failure) {
        compactionFailure = failure;
    }

    /** Makes a switch of the prompt throw before anything has changed; null for no failure. */
    public void failSwitch(RuntimeException failure) {
        switchFailure = failure;
    }

    /** Makes each cache throw after it is closed. */
    public void failClose(Supplier<RuntimeException> failure) {
        closeFailure = failure;
    }

    /** Refinement steps run so far, over all sessions. */
    public long stepsRun() {
        return stepsRun.get();
    }

    /** Caches that were opened and not yet closed. */
    public int openDecoders() {
        return openDecoders.get();
    }

    /** The clip that a session asked for last. */
    public Clip lastClip() {
        return lastClip;
    }

    /** Fails unless every picture was released, every cache closed, and every session's thread has ended. */
    public void assertNothingHeld() {
        Threads.awaitEndOf("packcache-session-");
        Threads.awaitEndOf("packcache-sink-");
        assertThat(model.pool().live()).as("pictures not released").isZero();
        assertThat(openDecoders).as("caches not closed").hasValue(0);
        assertThat(openPictureDecoders).as("picture decoders not closed").hasValue(0);
    }

    /** Closes the model and asserts that its weights were freed once. */
    @Override
    public void close() {
        model.close();
        assertThat(weightsFreed).as("times the weights were freed").hasValue(1);
    }

    private final class Generator implements FrameGenerator {

        @Override
        public int codes() {
            return 16;
        }

        @Override
        public int[] encode(String prompt) {
            if (prompt.contains("unicorn")) {
                throw new IllegalArgumentException("the model does not know the word unicorn");
            }
            return prompt.chars().toArray();
        }

        @Override
        public void check(Clip clip) {}

        @Override
        public String fingerprint() {
            return "scripted";
        }

        @Override
        public FrameDecoder open(Clip clip, CacheBudget budget) {
            lastClip = clip;
            openDecoders.incrementAndGet();
            return new ScriptedDecoder(ScriptedModel.this, clip);
        }

        @Override
        public void close() {
            weightsFreed.incrementAndGet();
        }
    }
}
