package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.media.ffmpeg.EncodedPicture;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GopQueueTest {

    private int keysWanted;
    private final GopQueue queue = new GopQueue(6, 1000, () -> keysWanted++);
    private final List<Coded> made = new ArrayList<>();

    @Test
    void whereThereIsNoRoomTheOldestGroupLeavesUpToTheNextKeyPicture() throws Exception {
        offer("K..K..");
        offer(".");
        assertThat(numbers(queue, 4)).containsExactly(3, 4, 5, 6);
        assertThat(queue.dropped()).isEqualTo(3);
        assertThat(keysWanted).isZero();
    }

    @Test
    void whereNoKeyPictureFollowsAllLeaveAndNothingIsTakenBeforeOneComes() throws Exception {
        offer("K......");
        assertThat(queue.isEmpty()).isTrue();
        assertThat(keysWanted).as("a key picture is asked for, once").isEqualTo(1);
        offer("..");
        assertThat(queue.isEmpty()).isTrue();
        offer("K.");
        assertThat(numbers(queue, 2)).containsExactly(9, 10);
        assertThat(queue.dropped()).isEqualTo(9);
    }

    @Test
    void aKeyPictureThatFindsNoRoomTakesThePlaceOfAll() throws Exception {
        offer("K.....K");
        assertThat(numbers(queue, 1)).containsExactly(6);
        assertThat(keysWanted).isZero();
    }

    @Test
    void bytesAreBoundedToo() throws Exception {
        add(true, 600);
        add(false, 300);
        add(true, 200);
        assertThat(numbers(queue, 1)).containsExactly(2);
        add(false, 5000);
        assertThat(numbers(queue, 1))
                .as("a picture larger than all room goes alone")
                .containsExactly(3);
    }

    @Test
    void aReceiverThatStartsAnewBeginsWithAKeyPicture() throws Exception {
        offer("K..K.");
        assertThat(numbers(queue, 1)).containsExactly(0);
        queue.restart();
        assertThat(numbers(queue, 1)).containsExactly(3);
        queue.restart();
        assertThat(keysWanted).isEqualTo(1);
        offer(".K");
        assertThat(numbers(queue, 1)).containsExactly(6);
    }

    @Test
    @Timeout(20)
    void closedItGivesOutWhatItHasAndTakesNothingMore() throws Exception {
        offer("K.");
        queue.close();
        offer("K");
        assertThat(numbers(queue, 2)).containsExactly(0, 1);
        assertThat(queue.take()).isNull();
        assertThat(made).allMatch(picture -> picture.releases == 1);
    }

    @Property
    void whatComesOutCanAlwaysBeDecodedAndNothingIsLostUncounted(
            @ForAll("happenings") List<Happening> happenings, @ForAll @IntRange(min = 1, max = 12) int capacity)
            throws Exception {
        GopQueue any = new GopQueue(capacity, 1500, () -> {});
        List<Coded> offered = new ArrayList<>();
        int taken = 0;
        int last = -2;
        for (Happening happening : happenings) {
            switch (happening) {
                case KEY, PICTURE -> {
                    boolean key = happening == Happening.KEY || offered.isEmpty();
                    Coded picture = new Coded(offered.size(), key, 100 + 37 * offered.size() % 400);
                    offered.add(picture);
                    any.offer(picture);
                }
                case TAKE -> {
                    if (!any.isEmpty()) {
                        Coded picture = (Coded) any.take();
                        assertThat(picture.key() || picture.number == last + 1).isTrue();
                        last = picture.number;
                        taken++;
                        picture.release();
                    }
                }
                case RESTART -> {
                    any.restart();
                    last = -2;
                }
            }
            assertThat(any.size()).isLessThanOrEqualTo(capacity);
        }
        any.clear();
        assertThat(taken + any.dropped()).isEqualTo(offered.size());
        assertThat(offered).allMatch(picture -> picture.releases == 1);
    }

    enum Happening {
        KEY,
        PICTURE,
        TAKE,
        RESTART
    }

    @Provide
    Arbitrary<List<Happening>> happenings() {
        return Arbitraries.frequency(
                        Tuple.of(1, Happening.KEY),
                        Tuple.of(6, Happening.PICTURE),
                        Tuple.of(4, Happening.TAKE),
                        Tuple.of(1, Happening.RESTART))
                .list()
                .ofMaxSize(200);
    }

    /** Offers pictures of 10 bytes: {@code K} a key picture, {@code .} another. */
    private void offer(String pictures) {
        pictures.chars().forEach(kind -> add(kind == 'K', 10));
    }

    private void add(boolean key, int bytes) {
        Coded picture = new Coded(made.size(), key, bytes);
        made.add(picture);
        queue.offer(picture);
    }

    private static List<Integer> numbers(GopQueue from, int count) throws InterruptedException {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Coded picture = (Coded) from.take();
            numbers.add(picture.number);
            picture.release();
        }
        return numbers;
    }

    private static final class Coded implements EncodedPicture {

        private final int number;
        private final boolean key;
        private final int bytes;
        private int releases;

        Coded(int number, boolean key, int bytes) {
            this.number = number;
            this.key = key;
            this.bytes = bytes;
        }

        @Override
        public boolean key() {
            return key;
        }

        @Override
        public int bytes() {
            return bytes;
        }

        @Override
        public long ticks() {
            return 0;
        }

        @Override
        public void release() {
            releases++;
        }
    }
}
