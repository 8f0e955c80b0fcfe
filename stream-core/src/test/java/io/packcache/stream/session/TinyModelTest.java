package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheBudgetExceededException;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session on a real transformer, real caches and a real picture tokenizer, with random weights. */
class TinyModelTest {

    private static final int STEPS = 3;

    @TempDir
    Path folder;

    /** Run before each draw; there is one draw in each refinement step. */
    private Runnable beforeDraw = () -> {};

    private Backend plain;
    private VideoModel model;

    @BeforeEach
    void load() throws IOException {
        TinyModelFolder.write(folder, 5);
        plain = Backends.of("plain", 1);
        model = VideoModel.load(folder, watched(plain));
    }

    @AfterEach
    void close() {
        assertThat(model.pool().live()).isZero();
        model.close();
        plain.close();
    }

    @Test
    void theFolderSaysWhatIsGenerated() {
        List<Integer> sizes = new ArrayList<>();
        try (GenerationSession session = model.open(model.request("a red circle moves right"))) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    sizes.add(frame.pictures().size());
                    assertThat(frame.pictures().get(0).width()).isEqualTo(16);
                    assertThat(frame.codes()).hasSize(4);
                }
            }
        }
        assertThat(sizes).containsExactly(1, 4, 4, 4, 4, 4, 4);
    }

    @Test
    void theSameSeedGivesTheSameFramesAfterLoadingAgain() throws IOException {
        List<List<Integer>> first = codes(model, 5, 1, PackCache.defaults());
        assertThat(codes(model, 5, 2, PackCache.defaults())).isNotEqualTo(first);
        try (VideoModel again = VideoModel.load(folder, plain)) {
            assertThat(codes(again, 5, 1, PackCache.defaults())).isEqualTo(first);
        }
    }

    @Test
    void aFrameCancelledInAnyStepLeavesNoTrace() {
        List<List<Integer>> undisturbed = codes(model, 4, 1, new FullCache());
        try (GenerationSession session =
                model.open(model.request("red").withLatentFrames(4).withSeed(1))) {
            for (int number = 0; number < 4; number++) {
                int cancelIn = number % STEPS;
                int[] draws = {0};
                beforeDraw = () -> {
                    if (draws[0]++ == cancelIn) {
                        session.cancel();
                    }
                };
                assertThatThrownBy(session::next).isInstanceOf(CancellationException.class);
                assertThat(draws[0]).as("steps run").isEqualTo(cancelIn + 1);
                beforeDraw = () -> {};
                try (GeneratedFrame frame = session.next()) {
                    assertThat(asList(frame.codes())).isEqualTo(undisturbed.get(number));
                    assertThat(frame.lease().view().frames()).hasSize(number + 1);
                }
            }
        }
    }

    @Test
    void aFailingKernelIsReportedWithItsFrameAndStep() {
        try (GenerationSession session = model.open(model.request("red"))) {
            session.next().release();
            beforeDraw = () -> {
                throw new ArithmeticException("not a number");
            };
            GenerationException failure = catchThrowableOfType(GenerationException.class, session::next);
            assertThat(failure).hasCauseInstanceOf(ArithmeticException.class);
            assertThat(failure.frame()).isEqualTo(1);
            assertThat(failure.step()).isZero();
        }
    }

    @Test
    void underPackCacheTokensAndBytesStayFlat() {
        List<Long> tokens = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        CompactionPolicy policy = PackCache.defaults();
        try (GenerationSession session = model.open(model.request("red").withLatentFrames(40))) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    CacheLease lease = frame.lease();
                    CacheLease.Residency left = lease.apply(policy.plan(lease.view(), Budget.unlimited()));
                    tokens.add(left.tokens());
                    bytes.add(left.bytes());
                }
            }
        }
        assertThat(tokens.subList(10, 40)).hasSize(30).containsOnly(tokens.get(10));
        assertThat(bytes.subList(10, 40)).hasSize(30).containsOnly(bytes.get(10));
    }

    @Test
    void underAHardBudgetTheFullCacheIsRefusedByNameAndPackCacheRunsOn() {
        // Prefix 6, frames of 10: the full cache holds 46 tokens when it asks for the fifth frame.
        GenerationRequest request = model.request("red").withLatentFrames(12).withCacheBudget(CacheBudget.tokens(50));
        List<List<Integer>> packed = new ArrayList<>();
        try (GenerationSession session = model.open(request)) {
            while (session.hasNext()) {
                packed.add(codesThenApply(session, PackCache.defaults()));
            }
        }
        assertThat(packed).hasSize(12).isEqualTo(codes(model, 12, 0, PackCache.defaults()));
        int[] draws = {0};
        try (GenerationSession session = model.open(request)) {
            for (int i = 0; i < 4; i++) {
                codesThenApply(session, new FullCache());
            }
            beforeDraw = () -> draws[0]++;
            GenerationException failure = catchThrowableOfType(GenerationException.class, session::next);
            assertThat(failure)
                    .hasCauseInstanceOf(CacheBudgetExceededException.class)
                    .hasMessageContaining("latent frame 4 failed during its start")
                    .hasMessageContaining(
                            "the cache holds 46 tokens and was asked for 10 more, over its limit of 50 tokens");
            assertThat(draws[0]).as("draws of the refused frame").isZero();
        }
    }

    @Test
    void aMeasurementGetsTheClipThatASessionGeneratesFrom() {
        VideoFrame image = VideoFrame.unpooled(16, 16, 0, model.timeBase(), new byte[3 * 16 * 16]);
        Clip clip = model.clip(model.request("red circle").withSeed(3).withCondition(List.of(image)));
        assertThat(clip.text()).containsExactly(5, 3);
        assertThat(clip.condition()).hasSize(1);
        assertThat(clip.rows()).isEqualTo(2);
        assertThat(clip.seed()).isEqualTo(3);
        assertThatIllegalArgumentException().isThrownBy(() -> model.clip(model.request("purple")));
    }

    @Test
    void anImageIsTheFirstFrameAndChangesTheOthers() {
        byte[] red = new byte[3 * 16 * 16];
        Arrays.fill(red, (byte) 200);
        VideoFrame image = VideoFrame.unpooled(16, 16, 0, model.timeBase(), red);
        GenerationRequest request = model.request("red").withLatentFrames(3).withCondition(List.of(image));
        try (GenerationSession session = model.open(request);
                GeneratedFrame given = session.next();
                GeneratedFrame generated = session.next()) {
            assertThat(given.condition()).isTrue();
            assertThat(given.pictures()).hasSize(1);
            assertThat(generated.lease().view().frames().get(0).condition()).isTrue();
            assertThat(generated.pictures()).hasSize(4);
        }
    }

    @Test
    void anUnknownWordAndASizeBeyondTheModelAreRefusedBeforeAnyWork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.open(model.request("a purple circle")))
                .withMessageContaining("purple");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.open(model.request("red").withSize(16 * 8, 16)))
                .withMessage("the model has tokens for the numbers 0 to 15, not for 16");
    }

    @Test
    void aFolderThatLacksAFileIsRefusedNamingIt() throws IOException {
        for (String file :
                List.of("config.json", "model.safetensors", "tokenizer.json", "visual_tokenizer.safetensors")) {
            byte[] content = Files.readAllBytes(folder.resolve(file));
            Files.delete(folder.resolve(file));
            assertThatIOException()
                    .isThrownBy(() -> VideoModel.load(folder, plain))
                    .withMessageContaining(file);
            Files.write(folder.resolve(file), content);
        }
    }

    @Test
    void aPictureTokenizerOfAnotherModelIsRefused() throws IOException {
        TinyModelFolder.writePictureTokenizer(folder, new Random(1), 17);
        assertThatIOException()
                .isThrownBy(() -> VideoModel.load(folder, plain))
                .withMessageContaining(
                        "the picture tokenizer has 17 codes and the model 16; they do not belong together");
    }

    private static List<List<Integer>> codes(VideoModel model, long latentFrames, long seed, CompactionPolicy policy) {
        List<List<Integer>> codes = new ArrayList<>();
        GenerationRequest request =
                model.request("red").withLatentFrames(latentFrames).withSeed(seed);
        try (GenerationSession session = model.open(request)) {
            while (session.hasNext()) {
                codes.add(codesThenApply(session, policy));
            }
        }
        return codes;
    }

    private static List<Integer> codesThenApply(GenerationSession session, CompactionPolicy policy) {
        try (GeneratedFrame frame = session.next()) {
            frame.lease().apply(policy.plan(frame.lease().view(), Budget.unlimited()));
            return asList(frame.codes());
        }
    }

    private static List<Integer> asList(int[] codes) {
        return Arrays.stream(codes).boxed().toList();
    }

    private Backend watched(Backend backend) {
        return watched(Backend.class, backend);
    }

    /** The same, telling of each draw before it, also of those of the frames that it makes. */
    private <T> T watched(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("draw")) {
                        beforeDraw.run();
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof MaskedFrame frame ? watched(MaskedFrame.class, frame) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
