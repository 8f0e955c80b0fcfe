package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyCard;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.LoadProgress;
import io.packcache.stream.model.SignalNames;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * A loaded model: text tokenizer, transformer, picture tokenizer, and what it generates unless asked otherwise.
 *
 * <p>Any number of sessions may be open at once; they take turns on the backend, step by step. Closing the model ends
 * them first. Thread-safe.
 */
public final class VideoModel implements AutoCloseable {

    private final FrameGenerator generator;
    private final PictureTokenizer tokenizer;
    private final GenerationDefaults defaults;
    private final FramePool pool = new FramePool();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final PictureLane pictures;
    private final Set<GenerationSession> sessions = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** Puts a model together whose parts compute on one backend, in turns; it owns both parts and closes them. */
    public VideoModel(FrameGenerator generator, PictureTokenizer tokenizer, GenerationDefaults defaults) {
        this(generator, tokenizer, defaults, Optional.empty());
    }

    /**
     * The same; pictures are made beside the generator's work where the tokenizer has a backend of its own.
     *
     * @param pictures what the tokenizer alone computes on; the model owns it
     */
    public VideoModel(
            FrameGenerator generator,
            PictureTokenizer tokenizer,
            GenerationDefaults defaults,
            Optional<Backend> pictures) {
        this.generator = generator;
        this.tokenizer = tokenizer;
        this.defaults = defaults;
        this.pictures = new PictureLane(pictures, turn);
    }

    /**
     * Loads a model folder: {@code config.json}, weights in safetensors, {@code tokenizer.json}, the picture tokenizer and
     * {@value GenerationDefaults#FILE}.
     *
     * @param folder model folder in Hugging Face layout
     * @param backend where weights and caches live and the arithmetic runs; it outlives the model. The model calls it from
     *     one thread at a time, whatever its sessions do; who shares it with another model sees to that between the two.
     *     Pictures are made {@linkplain Backend#beside() beside} it where it allows that
     * @throws IOException if a file is absent, unreadable or wrong, naming it
     */
    public static VideoModel load(Path folder, Backend backend) throws IOException {
        GenerationDefaults defaults = GenerationDefaults.read(folder);
        FrameGenerator generator = FrameGenerators.load(folder, backend);
        Optional<Backend> beside = backend.beside();
        try {
            defaults.requireKnown(folder, generator::encode);
            PictureTokenizer tokenizer = PictureTokenizers.load(folder, beside.orElse(backend), generator.codes());
            return new VideoModel(generator, tokenizer, defaults, beside);
        } catch (IOException | RuntimeException | Error e) {
            beside.ifPresent(Backend::close);
            generator.close();
            throw e;
        }
    }

    /**
     * Brings the generator's weights into memory, which otherwise happens as each is first used. Waits for its turn on the
     * backend.
     *
     * @throws java.io.UncheckedIOException if a file has become unreadable or holds what is no number, naming it
     */
    public void prepare(LoadProgress progress) {
        turn.lock();
        try {
            generator.prepare(progress);
        } finally {
            turn.unlock();
        }
    }

    /** What this model generates unless asked otherwise. */
    public GenerationDefaults defaults() {
        return defaults;
    }

    /** A request for {@code prompt} with this model's defaults, seed 0 and no limit on the cache. */
    public GenerationRequest request(String prompt) {
        return new GenerationRequest(
                prompt,
                List.of(),
                defaults.latentFrames(),
                0,
                defaults.width(),
                defaults.height(),
                defaults.sampling(),
                CacheBudget.unlimited(),
                0);
    }

    /** A request for a single picture, with the guidance that the model wants for one. */
    public GenerationRequest pictureRequest(String prompt) {
        GenerationRequest one = request(prompt).withLatentFrames(1);
        return defaults.pictureGuidance().isEmpty()
                ? one
                : one.withSampling(
                        one.sampling().withGuidance(defaults.pictureGuidance().getAsDouble()));
    }

    /** Pictures of each latent frame after the first, which is one picture. */
    public int temporalFactor() {
        return tokenizer.temporalFactor();
    }

    /** Memory of the pictures that sessions of this model emit. */
    public FramePool pool() {
        return pool;
    }

    /** One tick for each picture. */
    public TimeBase timeBase() {
        return TimeBase.ofFramesPerSecond(defaults.fps());
    }

    /**
     * Refuses what this model cannot generate, without any work.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    public void check(GenerationRequest request) {
        int side = tokenizer.spatialFactor();
        if (request.width() % side != 0 || request.height() % side != 0) {
            throw new IllegalArgumentException("width and height must be multiples of " + side + " for this model, got "
                    + request.width() + " x " + request.height());
        }
        checkCondition(request);
        generator.check(clip(request, List.of()));
    }

    /**
     * Refuses a policy that must be told what this model cannot tell, or that archives frames where there is no archive.
     * {@code packCache} does it when a stream is assembled and its source is known.
     *
     * @throws IllegalArgumentException naming the signals that are missing, and the policies that do without
     */
    public void check(CompactionPolicy policy) {
        if (!policy.tiers().isNone() && !generator.archives()) {
            throw new IllegalArgumentException(
                    policy.name() + " moves frames into an archive, which the cache of this model has not");
        }
        Set<Signal> known = generator.signals();
        if (!known.containsAll(policy.signals())) {
            String others = PolicyPresets.cards().stream()
                    .filter(card -> known.containsAll(card.signals()))
                    .map(PolicyCard::name)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException(SignalNames.missing(policy.name(), policy.signals(), known)
                    + "; with default settings there are " + others);
        }
    }

    private void checkCondition(GenerationRequest request) {
        List<VideoFrame> condition = request.condition();
        if (condition.isEmpty()) {
            return;
        }
        int factor = tokenizer.temporalFactor();
        if ((condition.size() - 1) % factor != 0) {
            throw new IllegalArgumentException("a condition is one image or a clip of 1 + n x " + factor
                    + " pictures, got " + condition.size() + " pictures");
        }
        for (VideoFrame picture : condition) {
            if (picture.width() != request.width() || picture.height() != request.height()) {
                throw new IllegalArgumentException("the condition must have the size of the video, "
                        + request.width() + " x " + request.height() + ", got " + picture.width() + " x "
                        + picture.height());
            }
        }
        int latent = 1 + (condition.size() - 1) / factor;
        if (latent >= request.latentFrames()) {
            throw new IllegalArgumentException("the condition fills " + latent
                    + " latent frames and the video has only " + request.latentFrames() + "; ask for more");
        }
    }

    /**
     * Opens a session. Nothing is computed before its first frame is asked for.
     *
     * @throws IllegalArgumentException if this model cannot generate the request, saying what would be right
     * @throws IllegalStateException if the model is closed
     */
    public GenerationSession open(GenerationRequest request) {
        requireOpen();
        check(request);
        return register(new GenerationSession(this, request));
    }

    private synchronized GenerationSession register(GenerationSession session) {
        requireOpen();
        sessions.add(session);
        return session;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed; load it again");
        }
    }

    /**
     * Opens a session that goes on where another one was {@linkplain CacheLease#save saved}, also in another process: the
     * same frames follow, with the numbers and times they would have had.
     *
     * @throws io.packcache.kvcache.snapshot.SnapshotException if the file cannot be read, was altered, or was saved by
     *     another model
     * @throws IllegalStateException if the model is closed
     */
    public GenerationSession resume(Path file) {
        SessionFile.Content saved = SessionFile.read(file, fingerprint());
        try {
            GenerationRequest request = saved.record().request();
            check(request);
            ClipRun.State state = new ClipRun.State(
                    saved.record().number(),
                    saved.record().pts(),
                    0,
                    0,
                    request,
                    clip(request, saved.condition()),
                    saved.decoder(),
                    saved.pictures());
            return openAt(state, saved.record().epoch());
        } catch (IllegalArgumentException e) {
            throw SessionFile.refused(file, e);
        }
    }

    private GenerationSession openAt(ClipRun.State state, long epoch) {
        GenerationSession session = register(new GenerationSession(this, state.request(), epoch));
        try {
            session.goOnFrom(state);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
        return session;
    }

    /** Tells this model from others; empty if it cannot be told. */
    String fingerprint() {
        return generator.fingerprint();
    }

    /**
     * A request in the model's own terms: the prompt inside the model's template as token ids, the condition as codes.
     * It is what a session generates from, so a measurement that decodes it otherwise measures the same clip. Waits for
     * the backend when there is a condition to encode.
     *
     * @throws IllegalArgumentException if this model cannot generate the request, saying what would be right
     */
    public Clip clip(GenerationRequest request) {
        check(request);
        return clip(request, request.condition().isEmpty() ? List.of() : encode(request.condition()));
    }

    private List<int[]> encode(List<VideoFrame> condition) {
        return pictures.inTurn(() -> List.of(tokenizer.encode(condition)));
    }

    private Clip clip(GenerationRequest request, List<int[]> condition) {
        int side = tokenizer.spatialFactor();
        return new Clip(
                generator.encode(text(request)),
                condition,
                request.height() / side,
                request.width() / side,
                announcesPicture(request) ? 1 : defaults.durationToken(),
                announcesPicture(request) ? 1 : defaults.fps(),
                request.seed(),
                request.sampling());
    }

    FrameGenerator generator() {
        return generator;
    }

    PictureTokenizer tokenizer() {
        return tokenizer;
    }

    /** Held for one piece of arithmetic at a time: the backend takes calls from one thread at a time. */
    ReentrantLock turn() {
        return turn;
    }

    /** Where whatever concerns the tokenizer is done. */
    PictureLane pictures() {
        return pictures;
    }

    void closed(GenerationSession session) {
        sessions.remove(session);
    }

    /** A single picture is a clip of one second at one picture a second, to models that know single pictures. */
    private boolean announcesPicture(GenerationRequest request) {
        return request.latentFrames() == 1 && defaults.pictureGuidance().isPresent();
    }

    private String text(GenerationRequest request) {
        long latent = Math.min(request.latentFrames(), defaults.latentFrames());
        long pictures = 1 + (latent - 1) * tokenizer.temporalFactor();
        int fps = announcesPicture(request) ? 1 : defaults.fps();
        int duration = announcesPicture(request) ? 1 : defaults.durationToken();
        return defaults.text(request.prompt(), request.width(), request.height(), pictures, duration, fps);
    }

    /**
     * Ends all sessions, each within one step, and frees the weights; if one of these fails the others are still done.
     * Closing twice does nothing.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<Runnable> parts = new ArrayList<>();
        sessions.forEach(session -> parts.add(session::close));
        parts.add(tokenizer::close);
        parts.add(pictures::close);
        parts.add(generator::close);
        runAll(parts);
    }

    /** Runs each part whatever the others throw, and then throws the first failure with the others suppressed. */
    private static void runAll(List<Runnable> parts) {
        RuntimeException failure = null;
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
