package io.packcache.stream.session;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.DecoderSnapshot;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.tokenizer.DecoderState;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The arithmetic of one clip, in the order it happens. Knows no state machine; one thread at a time. */
final class ClipRun implements AutoCloseable {

    private static final long[] NO_STEPS = {};

    private final VideoModel model;
    private final BooleanSupplier cancelled;
    private final Supplier<Epoch> epoch;
    private final FramePool pool;

    private GenerationRequest request;
    private Clip clip;
    private FrameDecoder decoder;
    private PictureTokenizer.Decoder pictures;
    private boolean prefilled;
    private volatile long pts;
    private int changes;
    private int cuts;
    private boolean broken;

    /** Where the work stands, for the message if it fails. */
    private String doing = "opening";

    private int step = GenerationException.NO_STEP;

    /**
     * @param cancelled whether the frame being made is to be given up
     * @param epoch asked for with each picture
     */
    ClipRun(VideoModel model, GenerationRequest request, BooleanSupplier cancelled, Supplier<Epoch> epoch) {
        this.model = model;
        this.request = request;
        this.cancelled = cancelled;
        this.epoch = epoch;
        this.pool = model.pool().stamping(epoch);
    }

    /** Makes latent frame {@code number}; numbers rise by one from 0, and one that was cancelled is asked for again. */
    GeneratedFrame next(long number, CacheLease lease) {
        long started = System.nanoTime();
        prepare();
        boolean condition = number < clip.condition().size();
        long[] steps = condition ? NO_STEPS : refine(number);
        int[] codes = condition ? given(number) : decoder.codes();
        long decoded = System.nanoTime();
        SharedTask<List<VideoFrame>> decoding = model.pictures().begin(() -> decode(codes));
        if (!condition) {
            store(decoding);
        }
        long committed = System.nanoTime();
        doing = "decoding its pictures";
        List<VideoFrame> shown = decoding.result();
        long tokens = decoder.cachedTokens();
        FrameStatistics statistics = new FrameStatistics(
                decoded - started,
                steps,
                committed - decoded,
                System.nanoTime() - committed,
                0,
                tokens,
                tokens,
                decoder.residentBytes());
        return new GeneratedFrame(number, epoch.get(), condition, codes, shown, statistics, lease);
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
            pictures =
                    inTurnUnlessCancelled("opening the picture decoder", () -> pictureDecoder(DecoderState.cutAt(pts)));
        }
        if (!prefilled) {
            runUnlessCancelled("reading the prompt", decoder::prefill);
            prefilled = true;
        }
    }

    private PictureTokenizer.Decoder pictureDecoder(DecoderState from) {
        return model.pictures()
                .inTurn(() -> model.tokenizer().decoder(clip.rows(), clip.columns(), model.timeBase(), pool, from));
    }

    private void close(PictureTokenizer.Decoder old) {
        model.pictures().inTurn(() -> {
            old.close();
            return old;
        });
    }

    private int[] given(long number) {
        return inTurnUnlessCancelled("its start", () -> clip.condition().get((int) number));
    }

    /** The store pass, beside which pictures may be made already: both need nothing but the codes. */
    private void store(SharedTask<List<VideoFrame>> decoding) {
        try {
            inTurn("the store pass", decoder::commit);
        } catch (RuntimeException | Error e) {
            if (!decoding.withdraw()) {
                discard(decoding, e);
            }
            throw e;
        }
    }

    /** The picture decoder has got ahead of the caches, or fails as well. */
    private void discard(SharedTask<List<VideoFrame>> decoding, Throwable reason) {
        try {
            decoding.result().forEach(VideoFrame::release);
            broken = true;
        } catch (RuntimeException | Error e) {
            reason.addSuppressed(e);
        }
    }

    private List<VideoFrame> decode(int[] codes) {
        broken = true;
        List<VideoFrame> shown = pictures.decode(codes);
        broken = false;
        // Frames are decoded one after the other; whoever rolls back reads it.
        long next = pts + shown.size();
        pts = next;
        return shown;
    }

    /** Answers with the nanoseconds of each step. */
    private long[] refine(long number) {
        runUnlessCancelled("its start", () -> decoder.begin(number));
        long[] nanos = new long[decoder.steps()];
        for (int i = 0; i < nanos.length; i++) {
            step = i;
            nanos[i] = inTurnUnlessCancelled("refinement step " + i, this::timedStep);
        }
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("latent frame " + number + " was cancelled before it was stored");
        }
        step = GenerationException.NO_STEP;
        return nanos;
    }

    private long timedStep() {
        long started = System.nanoTime();
        decoder.step(step);
        return System.nanoTime() - started;
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

    /**
     * Goes on under another prompt; not while a frame is begun. If it fails nothing has changed.
     *
     * @param other the clip that the prompt alone asks for
     */
    void switchPrompt(String prompt, Clip other, PromptMode mode) {
        if (prefilled) {
            inTurn("switching the prompt", () -> {
                switchPrefilled(other, mode);
                return null;
            });
        } else {
            forget();
        }
        request = request.withPrompt(prompt);
        changes++;
        cuts += mode == PromptMode.RESET ? 1 : 0;
    }

    /**
     * Everything between two frames.
     *
     * @param number of the next latent frame
     * @param pts of its first picture
     * @param changes of the prompt until then
     * @param cuts those of them that forgot the history
     * @param decoder null if nothing has been computed yet
     */
    record State(
            long number,
            long pts,
            int changes,
            int cuts,
            GenerationRequest request,
            Clip clip,
            DecoderSnapshot decoder,
            DecoderState pictures) {}

    /**
     * Copies the state before latent frame {@code number}; not while a frame is begun.
     *
     * @param reuse a state that is not needed any more; null for none
     */
    State state(long number, State reuse) {
        if (!prefilled) {
            return new State(number, pts, changes, cuts, request, null, null, null);
        }
        return inTurn("keeping its state", () -> {
            DecoderSnapshot copy = decoder.snapshot(reuse == null ? null : reuse.decoder);
            return new State(number, pts, changes, cuts, request, clip, copy, pictures.state());
        });
    }

    /** Goes back to a state of this run, or on from one of another; not while a frame is begun. */
    void restore(State state) {
        broken = true;
        request = state.request;
        clip = state.clip;
        if (state.decoder == null) {
            forget();
        } else {
            inTurn("going to a state", () -> {
                restorePrefilled(state);
                return null;
            });
        }
        prefilled = state.decoder != null;
        pts = state.pts;
        broken = false;
    }

    private void restorePrefilled(State state) {
        if (decoder == null) {
            decoder = model.generator().open(clip, request.cacheBudget());
        }
        decoder.restore(state.decoder);
        if (pictures != null) {
            close(pictures);
        }
        pictures = pictureDecoder(state.pictures);
    }

    /** How often the prompt was changed; going back does not make it less. */
    int changes() {
        return changes;
    }

    /** How often the history was forgotten. */
    int cuts() {
        return cuts;
    }

    /** Presentation time of the next picture. */
    long pts() {
        return pts;
    }

    /** Back to the state before the first frame, for a prompt that came before it. */
    private void forget() {
        close();
        clip = null;
        decoder = null;
        pictures = null;
    }

    private void switchPrefilled(Clip other, PromptMode mode) {
        if (mode != PromptMode.RESET) {
            decoder.switchText(other.text(), mode);
            return;
        }
        PictureTokenizer.Decoder cut = pictureDecoder(DecoderState.cutAt(pts));
        try {
            decoder.switchText(other.text(), mode);
        } catch (RuntimeException | Error e) {
            close(cut);
            throw e;
        }
        close(pictures);
        pictures = cut;
        clip = other;
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
            broken = true;
            try {
                decoder.apply(plan);
                broken = false;
            } catch (IllegalArgumentException e) {
                // Refused before anything moved.
                broken = false;
                throw e;
            }
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

    /** Whether everything is as of the last frame delivered, so that the next one may be made. */
    boolean intact() {
        return !broken;
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
                close(pictures);
            }
        } finally {
            if (decoder != null) {
                decoder.close();
            }
        }
    }
}
