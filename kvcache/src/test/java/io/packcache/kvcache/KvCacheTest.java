package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import io.packcache.kvcache.position.TokenPosition;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KvCacheTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int FRAME = Clip.GRID.frameLength();

    @Test
    void residentBytesAreTheTensorsAndTheTableArrays() throws IllegalAccessException {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), 5, CacheBudget.unlimited())) {
            List<Tensor> tensors = recording.allocated();
            long expected = tensors.stream().mapToLong(Tensor::bytes).sum()
                    + arrayBytes(clip.cache().table());

            assertThat(tensors).hasSize(2 * 2 * 2);
            assertThat(clip.cache().residentBytes()).isEqualTo(expected);
            recording.forget();
            clip.frames(4);
            expected = tensors.stream()
                            .mapToLong(Tensor::bytes)
                            .skip(tensors.size() - 8)
                            .sum()
                    + arrayBytes(clip.cache().table());
            assertThat(clip.cache().residentBytes()).isEqualTo(expected);
            assertThat(clip.cache().usedBytes())
                    .isEqualTo((5L + 4L * FRAME) * (Clip.SHAPE.bytesPerToken() + TokenTable.BYTES_PER_TOKEN));
        }
    }

    @Test
    void valueNormsAreLengthsByTokenAndOnlyWhenDeclared() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(2)) {
            KvCache cache = clip.cache();
            int content = 4;
            int row = 5 + FRAME + Clip.GRID.markersBefore() + content;
            for (int layer = 0; layer < 2; layer++) {
                float[] value = new float[Clip.SHAPE.headSize()];
                Arrays.fill(value, 2 + 2 * layer);
                for (Tensor head : cache.values(layer)) {
                    head.write(row, value, 0, 1);
                }
            }

            Signals signals = cache.view(Set.of(Signal.VALUE_NORM)).signals();

            assertThat(signals.valueNorms(1, 0, 1)).hasSize(Clip.GRID.contentLength());
            assertThat(signals.valueNorms(1, 0, 1)[content])
                    .isCloseTo((float) (4 * Math.sqrt(Clip.SHAPE.headSize())), within(1e-4f));
            assertThatThrownBy(() -> cache.view().signals().valueNorms(1, 0, 1))
                    .hasMessageStartingWith("the signal VALUE_NORM was not declared");
        }
    }

    @Test
    void rowsSurviveGrowth() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(7)) {
            assertThat(clip.cache().size()).isEqualTo(5 + 7 * FRAME);
            assertThat(clip.cache().keys(0)[0].rows()).isEqualTo(8 * FRAME);
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void rollbackLeavesNoTrace() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).condition().frames(1)) {
            KvCache cache = clip.cache();
            CacheView before = cache.view();
            float[] keys = Clip.rows(cache.keys(1)[1], cache.size());
            long slot = cache.nextSlot();

            int first = clip.stage(false, content -> true);
            assertThat(first).isEqualTo(5 + 2 * FRAME);
            assertThat(cache.staged()).isEqualTo(FRAME);
            assertThat(cache.nextSlot()).isEqualTo(slot + 1);
            cache.rollback();

            assertThat(cache.view()).isEqualTo(before);
            assertThat(cache.size()).isEqualTo(5 + 2 * FRAME);
            assertThat(cache.staged()).isZero();
            assertThat(cache.nextSlot()).isEqualTo(slot);
            assertThat(Clip.rows(cache.keys(1)[1], cache.size())).isEqualTo(keys);
            assertThat(cache.stage(clip.tokens(2, slot, false, content -> false)))
                    .isEqualTo(first);
            assertThat(cache.nextSlot()).isEqualTo(slot + 1);
            assertThat(cache.table().slot(first)).isEqualTo(slot);
        }
    }

    @Test
    void viewListsFramesWithWhatIsHeldAndMasked() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).condition().frame(content -> content % 2 == 1)) {
            clip.stage(false, content -> false);
            BitSet all = new BitSet();
            all.set(0, Clip.GRID.contentLength());
            BitSet odd = new BitSet();
            all.stream().filter(content -> content % 2 == 1).forEach(odd::set);

            assertThat(clip.cache().view())
                    .isEqualTo(new CacheView(
                            Clip.GRID,
                            Clip.SHAPE,
                            5,
                            List.of(new FrameView(0, 0, true, all, new BitSet()), new FrameView(1, 1, false, all, odd)),
                            clip.cache().shape().bytesPerToken() + TokenTable.BYTES_PER_TOKEN));
        }
    }

    @Test
    void tokenBudgetIsRefusedBeforeAnythingIsWritten() {
        assertRefusedBeforeAnyWrite(CacheBudget.tokens(5 + 2 * FRAME + 3), "over its limit of " + (5 + 2 * FRAME + 3));
    }

    @Test
    void frameBudgetIsRefusedBeforeAnythingIsWritten() {
        long most = 5L + 2L * FRAME + 3;
        assertRefusedBeforeAnyWrite(CacheBudget.frames((most + 0.5) / FRAME), "over its limit of " + most);
    }

    @Test
    void byteBudgetIsRefusedBeforeAnythingIsWrittenAndBoundsResidentBytes() {
        long bytesPerToken = Clip.SHAPE.bytesPerToken() + TokenTable.BYTES_PER_TOKEN;
        long bytes = (5L + 2L * FRAME + 4L) * bytesPerToken - 1;
        assertRefusedBeforeAnyWrite(
                CacheBudget.bytes(bytes), "(a budget of " + bytes + " bytes at " + bytesPerToken + " bytes a token)");
    }

    private static void assertRefusedBeforeAnyWrite(CacheBudget budget, String message) {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), 5, budget).frames(2)) {
            KvCache cache = clip.cache();
            CacheView before = cache.view();
            long resident = cache.residentBytes();
            recording.forget();

            CacheBudgetExceededException refused =
                    catchThrowableOfType(CacheBudgetExceededException.class, () -> clip.stage(false, content -> false));

            assertThat(refused).hasMessageContaining(message);
            assertThat(refused).hasMessageContaining("holds " + (5 + 2 * FRAME) + " tokens and was asked for " + FRAME);
            assertThat(refused.asked()).isEqualTo(FRAME);
            assertThat(refused.held()).isEqualTo(5 + 2 * FRAME);
            assertThat(refused.limit()).isEqualTo(5 + 2 * FRAME + 3);
            assertThat(cache.staged()).isZero();
            assertThat(cache.view()).isEqualTo(before);
            assertThat(cache.residentBytes()).isEqualTo(resident).isLessThanOrEqualTo(budget.bytes());
            assertThat(recording.allocated()).isEmpty();
            assertThat(cache.keys(0)[0].rows()).isLessThanOrEqualTo(5 + 2 * FRAME + 3);
        }
    }

    @Test
    void framesEnterOnceAndInOrder() {
        try (Clip clip = new Clip(PLAIN, 1, CacheBudget.unlimited()).frames(2)) {
            assertThatThrownBy(() -> clip.cache().stage(clip.tokens(1, 2, false, content -> false)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("frame 1 cannot follow frame 1; frames enter a cache once and in time order");
            assertThat(clip.cache().staged()).isZero();
        }
    }

    @Test
    void aFrameMayBeStagedInParts() {
        try (Clip clip = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
            List<TokenInfo> tokens = clip.tokens(0, 0, false, content -> false);
            clip.cache().stage(tokens.subList(0, 3));
            clip.cache().stage(tokens.subList(3, FRAME));
            clip.cache().commit();

            assertThat(clip.cache().nextSlot()).isEqualTo(1);
            assertThat(clip.cache().view().frames()).hasSize(1);
        }
    }

    @Test
    void tokensOutsideTheGridAreRefused() {
        try (Clip clip = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
            TokenPosition position = TokenPosition.text(1);
            assertThatThrownBy(() -> clip.cache().stage(List.of(TokenInfo.content(0, 3, 0, false, position))))
                    .hasMessageContaining("does not fit FrameGrid[rows=3");
            assertThatThrownBy(() -> clip.cache().stage(List.of(TokenInfo.content(0, 0, 5, false, position))))
                    .hasMessageContaining("does not fit");
            assertThatThrownBy(() -> clip.cache().stage(List.of(TokenInfo.marker(0, 4, position))))
                    .hasMessageContaining("does not fit");
            assertThatThrownBy(() -> TokenInfo.marker(-1, 0, position)).hasMessageContaining("cannot have frame -1");
        }
    }

    @Test
    void closeGivesEverythingBackAndIsFinal() {
        Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(1);
        clip.stage(false, content -> false);
        clip.close();
        clip.close();

        assertThat(clip.cache().residentBytes()).isZero();
        assertThat(clip.cache().usedBytes()).isZero();
        assertThatThrownBy(() -> clip.cache().stage(List.of())).hasMessage("the cache is closed");
    }

    private static long arrayBytes(TokenTable table) throws IllegalAccessException {
        long bytes = 0;
        for (Field field : TokenTable.class.getDeclaredFields()) {
            if (field.getType().isArray() && !Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                Class<?> element = field.getType().getComponentType();
                int width = element == long.class ? 8 : element == int.class ? 4 : 1;
                bytes += (long) width * Array.getLength(field.get(table));
            }
        }
        return bytes;
    }
}
