package io.packcache.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private static final int MANY = 40;

    @Test
    void eachOfManyDeadlinesEndsItsOwnCallsAlone() throws FfmpegException {
        Ffmpeg.load();
        List<Deadline> deadlines = new ArrayList<>();
        List<AVFormatContext> containers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Deadline deadline = new Deadline();
            deadline.in(Duration.ofHours(1));
            AVFormatContext container = avformat_alloc_context();
            deadline.watch(container.interrupt_callback());
            deadlines.add(deadline);
            containers.add(container);
        }
        for (int i = 0; i < MANY; i += 2) {
            deadlines.get(i).expire();
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(isEnded(containers.get(i))).as("deadline %d", i).isEqualTo(i % 2 == 0);
        }
        deadlines.forEach(Deadline::close);
        containers.forEach(container -> {
            assertThat(isEnded(container)).isTrue();
            avformat_free_context(container);
        });
    }

    /** As FFmpeg asks. */
    private static boolean isEnded(AVFormatContext container) {
        AVIOInterruptCB calls = container.interrupt_callback();
        return calls.callback().call(calls.opaque()) != 0;
    }
}
