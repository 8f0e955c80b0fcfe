package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packcache.media.ffmpeg.EncoderChoice;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.FfmpegProgram;
import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.frame.FramePool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whichever natives are on the class path, the best encoder in them is taken; under {@code -Pgpl} x264 and x265. */
class EncoderLadderTest {

    private static final int SIZE = 64;

    @TempDir
    Path folder;

    @BeforeAll
    static void judgeIsPresent() {
        Judge.mustBePresent();
    }

    @Test
    void h264IsByX264WhereItIsCompiledIn() throws FfmpegException {
        EncoderChoice choice = EncoderChoice.of(VideoCodec.H264);
        assertThat(choice.name()).isEqualTo(has("libx264") ? "libx264" : "libopenh264");
        assertThat(choice.reason()).startsWith("H.264 by " + choice.name());
    }

    @Test
    void hevcIsByX265WhereItIsCompiledInElseRefusedWithWhatWouldHaveIt() throws FfmpegException {
        if (has("libx265")) {
            assertThat(EncoderChoice.of(VideoCodec.HEVC).name()).isEqualTo("libx265");
        } else {
            assertThatThrownBy(() -> EncoderChoice.of(VideoCodec.HEVC))
                    .isInstanceOf(FfmpegException.class)
                    .hasMessageContaining("have no libx265 (their GPL build has: classifier linux-x86_64-gpl)");
        }
    }

    @Test
    void anHevcFilmHoldsEveryPictureInOrder() throws IOException {
        assumeTrue(has("libx265"), "skipped: these natives have no libx265, those of -Pgpl have");
        Path file = folder.resolve("film.mp4");
        FramePool pool = new FramePool();
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withCodec(VideoCodec.HEVC))) {
            for (int i = 0; i < 49; i++) {
                sink.write(CounterPictures.picture(pool, i, SIZE, SIZE));
            }
        }
        assertThat(Judge.probe(file)).containsEntry("codec_name", "hevc").containsEntry("codec_tag_string", "hvc1");
        byte[] planes = Judge.planes(file);
        assertThat(IntStream.range(0, planes.length / (SIZE * SIZE * 3 / 2))
                        .map(i -> CounterPictures.number(planes, i, SIZE, SIZE)))
                .containsExactly(IntStream.range(0, 49).boxed().toArray(Integer[]::new));
        assertThat(pool.live()).isZero();
    }

    @Test
    void theCommandOfTheSameNativesKnowsTheEncoderChosen() throws FfmpegException {
        String encoders = Judge.run(List.of(FfmpegProgram.path().toString(), "-hide_banner", "-encoders"));
        assertThat(encoders).contains(EncoderChoice.of(VideoCodec.H264).name());
    }

    private static boolean has(String encoder) throws FfmpegException {
        EncoderChoice.of(VideoCodec.AV1); // loads the natives
        return avcodec.avcodec_find_encoder_by_name(encoder) != null;
    }
}
