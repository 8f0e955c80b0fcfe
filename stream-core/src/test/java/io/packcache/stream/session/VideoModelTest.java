package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VideoModelTest {

    private final ScriptedModel script = new ScriptedModel("{width}x{height}, {pictures} at {fps}: {prompt}");
    private final VideoModel model = script.model();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void aRequestStartsFromTheDefaultsOfTheModel() {
        GenerationRequest request = model.request("a blue square");
        assertThat(request.latentFrames()).isEqualTo(7);
        assertThat(request.width()).isEqualTo(16);
        assertThat(request.sampling().steps()).isEqualTo(3);
        assertThat(request.condition()).isEmpty();
    }

    @Test
    void thePromptStandsInsideTheTemplateAndIsNotReadAsOne() {
        try (GenerationSession session = model.open(model.request("show {fps}"))) {
            session.next().release();
        }
        String text = new String(script.lastClip().text(), 0, script.lastClip().text().length);
        assertThat(text).isEqualTo("16x16, 25 at 12: show {fps}");
    }

    @Test
    void aSizeThatIsNoMultipleOfACellIsRefused() {
        refused(model.request("a").withSize(20, 16))
                .withMessage("width and height must be multiples of 8 for this model, got 20 x 16");
    }

    @Test
    void anUnknownWordIsRefusedBeforeAnyWork() {
        refused(model.request("a unicorn")).withMessageContaining("unicorn");
    }

    @Test
    void aConditionOfAnotherSizeIsRefused() {
        refused(model.request("a").withCondition(List.of(picture(24, 16))))
                .withMessage("the condition must have the size of the video, 16 x 16, got 24 x 16");
    }

    @Test
    void aConditionThatFillsNoWholeLatentFramesIsRefused() {
        refused(model.request("a").withCondition(Collections.nCopies(3, picture(16, 16))))
                .withMessage("a condition is one image or a clip of 1 + n x 4 pictures, got 3 pictures");
    }

    @Test
    void aConditionThatLeavesNothingToGenerateIsRefused() {
        refused(model.request("a")
                        .withCondition(Collections.nCopies(5, picture(16, 16)))
                        .withLatentFrames(2))
                .withMessage("the condition fills 2 latent frames and the video has only 2; ask for more");
    }

    @Test
    void valuesThatNoModelCouldMeetAreRefusedByTheRequest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.request("  "))
                .withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.request("a").withLatentFrames(0))
                .withMessage("a video has at least 1 latent frame, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.request("a").withSize(0, 16))
                .withMessageContaining("0 x 16");
    }

    private org.assertj.core.api.ThrowableAssertAlternative<IllegalArgumentException> refused(
            GenerationRequest request) {
        var thrown = assertThatIllegalArgumentException().isThrownBy(() -> model.open(request));
        assertThat(script.openDecoders()).isZero();
        return thrown;
    }

    private static VideoFrame picture(int width, int height) {
        return VideoFrame.unpooled(width, height, 0, new TimeBase(1, 12), new byte[3 * width * height]);
    }
}
