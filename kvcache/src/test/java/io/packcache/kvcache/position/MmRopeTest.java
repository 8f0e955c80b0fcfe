package io.packcache.kvcache.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.Clip;
import io.packcache.kvcache.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmRopeTest {

    @ParameterizedTest
    @ValueSource(ints = {64, 128})
    void anglesAreThoseOfTheOriginalCode(int headSize) {
        Safetensors golden = new Safetensors(MmRopeTest.class, "rotary.safetensors");
        float[] cos = golden.floats("cos" + headSize);
        float[] sin = golden.floats("sin" + headSize);
        TokenPosition[] positions = positions(golden, "pos.");
        MmRope rope = new MmRope(headSize, 10_000);
        double[] angles = new double[headSize / 2];

        assertThat(positions).hasSize(146);
        for (int token = 0; token < positions.length; token++) {
            rope.angles(positions[token], angles);
            for (int pair = 0; pair < angles.length; pair++) {
                int at = token * angles.length + pair;
                assertThat(Math.cos(angles[pair]))
                        .as("token %d pair %d", token, pair)
                        .isEqualTo(cos[at], within(1e-6));
                assertThat(Math.sin(angles[pair]))
                        .as("token %d pair %d", token, pair)
                        .isEqualTo(sin[at], within(1e-6));
            }
        }
    }

    @Test
    void aFrameThatMovesMovesTimeAndIndexAndNothingElse() {
        PositionStride stride = PositionStride.of(Clip.GRID);

        assertThat(stride).isEqualTo(new PositionStride(4, 19));
        assertThat(stride.moved(new TokenPosition(true, 100, 50, 7, 9), -2))
                .isEqualTo(new TokenPosition(true, 62, 42, 7, 9));
        assertThat(stride.moved(TokenPosition.text(100), 3)).isEqualTo(TokenPosition.text(157));
        assertThatThrownBy(() -> stride.moved(TokenPosition.text(0), 1L << 40)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void headSizesThatCannotBeSplitAreRefused() {
        assertThatThrownBy(() -> new MmRope(48, 10_000)).hasMessageContaining("multiple of 32, got 48");
        assertThatThrownBy(() -> new MmRope(32, 0)).hasMessageContaining("positive theta, got 0.0");
    }

    private static TokenPosition[] positions(Safetensors golden, String prefix) {
        int[] visual = golden.ints(prefix + "is_visual");
        int[] index = golden.ints(prefix + "text");
        int[] t = golden.ints(prefix + "t");
        int[] h = golden.ints(prefix + "h");
        int[] w = golden.ints(prefix + "w");
        TokenPosition[] positions = new TokenPosition[visual.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = new TokenPosition(visual[i] == 1, index[i], t[i], h[i], w[i]);
        }
        return positions;
    }
}
