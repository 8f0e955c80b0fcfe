package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import java.util.List;

/**
 * Latent frames become pictures, one latent frame at a time: the next is asked for when none is left and one is wanted.
 * Pictures of an epoch that is over are released.
 */
public final class Pictures implements Relay<GeneratedFrame, VideoFrame> {

    private final FlowObserver observer;
    private List<VideoFrame> held = List.of();
    private int next;

    /**
     * Makes the state of one stream.
     *
     * @param observer told of each frame, and of pictures that are out of date
     */
    public Pictures(FlowObserver observer) {
        this.observer = observer;
    }

    @Override
    public void take(GeneratedFrame frame, long now) {
        observer.frame(frame);
        held = frame.takePictures();
        next = 0;
    }

    @Override
    public VideoFrame poll(long now) {
        while (!isEmpty()) {
            VideoFrame picture = held.get(next++);
            if (!picture.epoch().isOver()) {
                return picture;
            }
            observer.dropped(FlowObserver.Drop.OLD_EPOCH, 1);
            picture.release();
        }
        return null;
    }

    @Override
    public long ask(long wanted, long owed) {
        return wanted > 0 && owed == 0 && isEmpty() ? 1 : 0;
    }

    /** The failure overtakes the pictures that are left. */
    @Override
    public void fail() {
        discard();
    }

    @Override
    public boolean isEmpty() {
        return next == held.size();
    }

    @Override
    public void discard() {
        while (!isEmpty()) {
            held.get(next++).release();
        }
    }
}
