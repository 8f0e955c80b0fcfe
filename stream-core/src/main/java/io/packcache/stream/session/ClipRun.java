package io.packcache.stream.session;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The arithmetic of one clip, in the order it happens. Knows no state machine; one thread at a time. */
final class ClipRun implements AutoCloseable {

    private final VideoModel model;
    private final GenerationRequest request;
    private final BooleanSupplier cancelled;
    private final FramePool pool;
    private final Epoch epoch = new Epoch(0);

    private Clip clip;
    private FrameDecoder decoder;
    private PictureTokenizer.Decoder pictures;
    private boolean prefilled;

    /** Where the work stands, for the message if it fails. */
    private String doing = "opening";

    private int step = GenerationException.NO_STEP;

    ClipRun(VideoModel model, GenerationRequest request, BooleanSupplier cancelled) {
        this.model = model;
        this.request = request;
        this.cancelled = cancelled;
        this.pool = model.pool().stamping(() -> epoch);
    }

    /** Makes latent frame {@code number}; numbers rise by one from 0, and one that was cancelled is asked for again. */
    GeneratedFrame next(long number, CacheLease lease) {
        long started = System.nanoTime();
        prepare();
        boolean condition = number < clip.condition().size();
        if (!condition) {
            refine(number);
        }
        long decoded = System.nanoTime();
        int[] codes = condition ? given(number) : inTurn("the store pass", decoder::commit);
        long committed = System.nanoTime();
        List<VideoFrame> shown = inTurn("decoding its pictures", () -> pictures.decode(codes));
        long tokens = decoder.cachedTokens();
        FrameStatistics statistics = new FrameStatistics(
                decoded - started,
                committed - decoded,
                System.nanoTime() - committed,
                0,
                tokens,
                tokens,
                decoder.residentBytes());
        return new GeneratedFrame(number, epoch, condition, codes, shown, statistics, lease);
    }

    /** Everything before the first frame; what a cancel left undone is done by the next call. */
    private void prepare() {
        if (clip == null) {
            clip = inTurnUnlessCancelled("encoding the condition", () -> model.clip(request));
        }
        if (decoder == null) {
            decoder = inTurnUnlessCancelled(
                    "opening the cache", () -> model.generator().open(clip, request.cacheBudget()));
        }
        if (pictures == null) {
            pictures = inTurnUnlessCancelled(
                    "opening the picture decoder",
                    () -> model.tokenizer().decoder(clip.rows(), clip.columns(), model.timeBase(), pool));
        }
        if (!prefilled) {
            runUnlessCancelled("reading the prompt", decoder::prefill);
            prefilled = true;
        }
    }

    private int[] given(long number) {
        return inTurnUnlessCancelled("its start", () -> clip.condition().get((int) number));
    }

    private void refine(long number) {
        runUnlessCancelled("its start", () -> decoder.begin(number));
        for (int i = 0; i < decoder.steps(); i++) {
            step = i;
            runUnlessCancelled("refinement step " + i, () -> decoder.step(step));
        }
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("latent frame " + number + " was cancelled before it was stored");
        }
        step = GenerationException.NO_STEP;
    }

    private void runUnlessCancelled(String what, Runnable work) {
        inTurnUnlessCancelled(what, () -> {
            work.run();
            return null;
        });
    }

    private <T> T inTurnUnlessCancelled(String what, Supplier<T> work) {
        return inTurn(what, () -> {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("cancelled before " + what);
            }
            return work.get();
        });
    }

    private <T> T inTurn(String what, Supplier<T> work) {
        doing = what;
        model.turn().lock();
        try {
            return work.get();
        } finally {
            model.turn().unlock();
        }
    }

    CacheLease.Residency compact(CompactionPlan plan) {
        return inTurn("compacting the cache", () -> {
            decoder.apply(plan);
            return new CacheLease.Residency(decoder.cachedTokens(), decoder.residentBytes());
        });
    }

    /** Forgets the frame that was begun, if one was. */
    void rollback() {
        step = GenerationException.NO_STEP;
        if (decoder != null) {
            decoder.rollback();
        }
    }

    GenerationException failure(long number, Throwable cause) {
        return new GenerationException(number, step, doing, cause);
    }

    FrameDecoder decoder() {
        return decoder;
    }

    @Override
    public void close() {
        model.turn().lock();
        try {
            closeParts();
        } finally {
            model.turn().unlock();
        }
    }

    private void closeParts() {
        try {
            if (pictures != null) {
                pictures.close();
            }
        } finally {
            if (decoder != null) {
                decoder.close();
            }
        }
    }
}
