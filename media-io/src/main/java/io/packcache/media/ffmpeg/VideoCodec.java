package io.packcache.media.ffmpeg;

/** How pictures are coded. */
public enum VideoCodec {
    /** Plays everywhere. */
    H264("H.264"),
    /** Two thirds of the bytes of H.264; needs natives with libx265, which are GPL. */
    HEVC("HEVC"),
    /** Half the bytes of H.264, slower to make; plays in current browsers. */
    AV1("AV1"),
    /** Two thirds of the bytes of H.264; what WebM is made for. */
    VP9("VP9");

    private final String title;

    VideoCodec(String title) {
        this.title = title;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }
}
