package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.TokenRole;
import io.packcache.kvcache.position.TokenPosition;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceLayoutTest {

    private static final ModelConfig LUMOS = new ModelConfig(
            new NetworkConfig(129536, 0, 64, 64, 1, 2, 2, 1e-5f, 10000, 1, false, false, 1, false, false, 4096),
            SpecialTokens.LUMOS,
            32);

    private final FrameGrid grid = LUMOS.grid(4, 8);
    private final SequenceLayout guided = SequenceLayout.guided(LUMOS, grid, new int[] {20000, 20001}, 2, 12);
    private final SequenceLayout unguided = SequenceLayout.unguided(LUMOS, grid, 2, 12);

    @Test
    void theBranchesDifferOnlyByThePrompt() {
        assertThat(guided.prefixIds()).containsExactly(0, 20000, 20001, 8710, 9004, 8806, 8816);
        assertThat(unguided.prefixIds()).containsExactly(9004, 8806, 8816);
        assertThat(guided.prefixTokens().get(6)).isEqualTo(TokenInfo.text(TokenPosition.text(6)));
    }

    @Test
    void contentStandsOnItsGridFromTheFirstContentTokenOn() {
        List<TokenInfo> tokens = unguided.frameTokens(5, 1, new BitSet());
        // p0 is 6: three prefix tokens, three markers. A frame has 40 tokens.
        assertThat(tokens).hasSize(40);
        assertThat(tokens.get(0)).isEqualTo(TokenInfo.marker(5, 0, TokenPosition.text(3 + 40)));
        assertThat(tokens.get(39)).isEqualTo(TokenInfo.marker(5, 3, TokenPosition.text(3 + 40 + 39)));
        TokenPosition rowEnd = new TokenPosition(true, 3 + 40 + 3 + 17, 6 + 4, 6 + 8, 6 + 64);
        assertThat(tokens.get(3 + 17)).isEqualTo(TokenInfo.content(5, 1, 8, false, rowEnd));
    }

    @Test
    void maskedContentIsMarkedAndConditionsAreAnchors() {
        BitSet masked = new BitSet();
        masked.set(8);
        assertThat(guided.frameTokens(0, 0, masked).get(3 + 8).masked()).isTrue();
        assertThat(guided.conditionTokens(0, 0).get(3).role()).isEqualTo(TokenRole.CONDITION);
        assertThat(guided.conditionTokens(0, 0).get(0).role()).isEqualTo(TokenRole.FRAME_MARKER);
    }

    @Test
    void aFrameIsWrittenRowByRowWithUnknownAndMaskedContentAsMask() {
        int[] codes = new int[32];
        codes[0] = 63999;
        codes[1] = -1;
        codes[9] = 5;
        BitSet masked = new BitSet();
        masked.set(8); // the first row end
        masked.set(9); // the first code of the second row
        int[] ids = new int[40];
        guided.writeFrame(codes, masked, ids);
        assertThat(ids).startsWith(8197, 8805, 8806, 129535, 9003, 65536).endsWith(8803, 8196);
        assertThat(ids[3 + 8]).isEqualTo(9003);
        assertThat(ids[3 + 9]).isEqualTo(9003);
        assertThat(ids[guided.rowOfCode(9)]).isEqualTo(65541);
    }

    @Test
    void whatTheModelHasNoTokenForIsRefused() {
        assertThatThrownBy(() -> SequenceLayout.unguided(LUMOS, LUMOS.grid(3, 8), 2, 12))
                .hasMessageContaining("24 pixels")
                .hasMessageContaining("32 pixels");
        assertThatThrownBy(() -> SequenceLayout.unguided(LUMOS, LUMOS.grid(4, 4 * 199), 2, 12))
                .hasMessageContaining("0 to 198, not for 199");
        assertThatThrownBy(() -> SequenceLayout.unguided(LUMOS, grid, -1, 12)).hasMessageContaining("not for -1");
    }
}
