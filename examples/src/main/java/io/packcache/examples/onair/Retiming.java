package io.packcache.examples.onair;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;

/** The same pictures shown at another rate: faster or slower motion. One tick is one picture. */
public final class Retiming {

    private final TimeBase timeBase;

    /** Shows so many pictures a second. */
    public Retiming(int fps) {
        timeBase = TimeBase.ofFramesPerSecond(fps);
    }

    /** Takes a picture over; its pixels go back to where they came from when the result is released. */
    public VideoFrame of(VideoFrame picture) {
        if (picture.timeBase().equals(timeBase)) {
            return picture;
        }
        return new VideoFrame(
                picture.width(),
                picture.height(),
                picture.pts(),
                timeBase,
                picture.rgb(),
                ignored -> picture.release(),
                picture.epoch());
    }
}
