package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrittenReadsBackAsTheTruth(boolean large) {
        SceneSampler sampler = new SceneSampler(large ? WorldOptions.large() : WorldOptions.full(), Split.TRAINING);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 500; i++) {
            Scene scene = sampler.next(random);
            String caption = CaptionGrammar.write(scene, random);
            CaptionClaims claims = CaptionParser.parse(caption);
            assertThat(caption.split(" ")).hasSizeLessThanOrEqualTo(60);
            assertThat(CaptionGrammar.vocabulary()).contains(caption.split(" "));
            assertThat(claims.objects()).hasSameSizeAs(scene.objects());
            for (int object = 0; object < claims.objects().size(); object++) {
                ObjectSpec truth = scene.objects().get(object);
                CaptionClaims.ObjectClaim claim = claims.objects().get(object);
                assertThat(claim.colour()).isEqualTo(truth.colour());
                assertThat(claim.shape()).isEqualTo(truth.shape());
                assertThat(claim.direction()).isEqualTo(truth.direction());
                assertThat(claim.size().orElse(truth.size())).isEqualTo(truth.size());
                assertThat(claim.region().orElse(scene.region(truth))).isEqualTo(scene.region(truth));
            }
            assertThat(claims.hue().orElse(scene.background().hue()))
                    .isEqualTo(scene.background().hue());
            if (claims.hue().isPresent()) {
                assertThat(claims.pattern()).isEqualTo(scene.background().pattern());
            }
            claims.verticalBar()
                    .ifPresent(vertical -> assertThat(vertical)
                            .isEqualTo(scene.bar().orElseThrow().vertical()));
        }
    }

    @Test
    void vocabularyFitsBelowTheSpecialTokens() {
        assertThat(CaptionGrammar.vocabulary()).hasSizeLessThan(60).doesNotHaveDuplicates();
    }

    @Test
    void saysWhereReadingStopped() {
        assertThatThrownBy(() -> CaptionParser.parse("a red circle jumps right"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected \"moves\" but found \"jumps\" at word 4");
    }
}
