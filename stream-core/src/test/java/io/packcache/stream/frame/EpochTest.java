package io.packcache.stream.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EpochTest {

    @Test
    void picturesCarryTheEpochTheyWereTakenIn() {
        FramePool pool = new FramePool();
        AtomicReference<Epoch> epoch = new AtomicReference<>(new Epoch(7));
        FramePool stamping = pool.stamping(epoch::get);
        VideoFrame before = stamping.take(2, 2, 0, new TimeBase(1, 12));
        epoch.get().end();
        epoch.set(new Epoch(8));
        VideoFrame after = stamping.take(2, 2, 1, new TimeBase(1, 12));
        assertThat(before.epoch().number()).isEqualTo(7);
        assertThat(before.epoch().isOver()).isTrue();
        assertThat(after.epoch().number()).isEqualTo(8);
        assertThat(after.epoch().isOver()).isFalse();
        assertThat(pool.live()).as("pictures of every stamp count").isEqualTo(2);
        before.release();
        after.release();
        assertThat(pool.live()).isZero();
    }

    @Test
    void picturesOfNoSessionAreNeverOutOfDate() {
        VideoFrame picture = VideoFrame.unpooled(1, 1, 0, new TimeBase(1, 12), new byte[3]);
        assertThat(picture.epoch()).isSameAs(Epoch.NONE);
        assertThatIllegalStateException().isThrownBy(Epoch.NONE::end);
    }
}
