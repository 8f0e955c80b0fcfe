package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.position.TokenPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextExchangeTest {

    private static final Backend PLAIN = Backends.of("plain");

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 30})
    void framesKeepTheirTokensAndMoveWithTheLengthOfTheText(int length) {
        try (Clip clip = CacheSnapshotTest.mixed();
                Clip other = new Clip(PLAIN, length, CacheBudget.unlimited())) {
            KvCache cache = clip.cache();
            CacheView before = cache.view();
            TokenPosition marker = cache.table().position(before.textTokens());
            TokenPosition content = cache.table().position(before.textTokens() + Clip.GRID.markersBefore());

            cache.replaceText(other.cache(), length - 5);

            assertThat(cache.view().frames()).isEqualTo(before.frames());
            assertThat(cache.view().textTokens()).isEqualTo(length);
            assertThat(cache.table().position(length)).isEqualTo(marker.shifted(length - 5));
            TokenPosition moved = cache.table().position(length + Clip.GRID.markersBefore());
            assertThat(moved.t() - content.t()).isEqualTo(length - 5);
            assertThat(moved.h() - content.h()).isEqualTo(length - 5);
            assertThat(moved.w() - content.w()).isEqualTo(length - 5);
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void thereAndBackIsWhereItWas() {
        try (Clip clip = CacheSnapshotTest.mixed();
                Clip longer = new Clip(PLAIN, 40, CacheBudget.unlimited());
                Clip same = new Clip(PLAIN, 5, CacheBudget.unlimited())) {
            for (int i = 0; i < 100; i++) {
                clip.cache().replaceText(longer.cache(), 35);
                clip.cache().replaceText(same.cache(), -35);
            }
            clip.assertRowsMatchTable(1e-4);
            clip.frames(1);
            clip.assertRowsMatchTable(1e-4);
        }
    }

    @Test
    void onlyTextIsTakenOverAndOnlyWithinTheBudget() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.tokens(30)).frames(1);
                Clip frames = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(1);
                Clip much = new Clip(PLAIN, 40, CacheBudget.unlimited())) {
            assertThatThrownBy(() -> clip.cache().replaceText(frames.cache(), 0))
                    .hasMessageContaining("holds nothing else");
            assertThatThrownBy(() -> clip.cache().replaceText(much.cache(), 35))
                    .isInstanceOf(CacheBudgetExceededException.class);
            clip.assertRowsMatchTable(0);
        }
    }
}
