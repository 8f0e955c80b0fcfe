package io.packcache.media.ffmpeg;

/**
 * One coded picture on its way from an encoder to the network. Whoever receives it releases it exactly once; safe to hand
 * from thread to thread.
 */
public interface EncodedPicture {

    /** Whether a receiver can begin with it. */
    boolean key();

    /** Bytes of its code. */
    int bytes();

    /** Its time in the encoder's ticks, as long as it was not sent. */
    long ticks();

    /** Gives its memory back. */
    void release();
}
