package io.packcache.media.live;

import io.packcache.media.ffmpeg.EncodedPicture;
import java.util.ArrayDeque;

/**
 * Coded pictures on their way from the encoder to the network, bounded in number and bytes. A coded picture is of use only
 * after the key picture before it, so whole groups leave: where there is no room, the oldest pictures up to the next key
 * picture, or all of them where there is none; then nothing is taken before the next key picture, which is asked for.
 *
 * <p>What leaves unsent is released and counted. Thread-safe; only {@link #take} waits.
 */
final class GopQueue {

    private final int capacity;
    private final long mostBytes;
    private final Runnable keyWanted;

    private final ArrayDeque<EncodedPicture> queue = new ArrayDeque<>();
    private long bytes;
    private long dropped;
    private boolean skipping;
    private boolean closed;

    /**
     * @param capacity most pictures
     * @param mostBytes most bytes of code; a single picture may exceed it
     * @param keyWanted called, on whatever thread, when only a key picture is of use
     */
    GopQueue(int capacity, long mostBytes, Runnable keyWanted) {
        this.capacity = capacity;
        this.mostBytes = mostBytes;
        this.keyWanted = keyWanted;
    }

    /** Takes a picture over, queues it or drops it. */
    synchronized void offer(EncodedPicture picture) {
        skipping &= !picture.key();
        if (!skipping && !closed) {
            while (!queue.isEmpty() && (queue.size() >= capacity || bytes + picture.bytes() > mostBytes)) {
                dropGroup(picture.key());
            }
        }
        if (skipping || closed) {
            drop(picture);
            return;
        }
        queue.add(picture);
        bytes += picture.bytes();
        notifyAll();
    }

    /** Drops the first picture and all up to the next key picture, which may be the one about to be queued. */
    private void dropGroup(boolean keyFollows) {
        do {
            drop(remove());
        } while (!queue.isEmpty() && !queue.element().key());
        if (queue.isEmpty() && !keyFollows) {
            skip();
        }
    }

    private void skip() {
        skipping = true;
        keyWanted.run();
    }

    /** The receiver starts anew: drops all before the first key picture. */
    synchronized void restart() {
        while (!queue.isEmpty() && !queue.element().key()) {
            drop(remove());
        }
        if (queue.isEmpty()) {
            skip();
        }
    }

    /** The oldest picture, waiting for one; null once closed and empty. */
    synchronized EncodedPicture take() throws InterruptedException {
        while (queue.isEmpty() && !closed) {
            wait();
        }
        return queue.isEmpty() ? null : remove();
    }

    /** Whether {@link #take} would wait. */
    synchronized boolean isEmpty() {
        return queue.isEmpty();
    }

    /** From now on nothing is queued; what is there may still be taken. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Closes, and drops all. */
    synchronized void clear() {
        close();
        while (!queue.isEmpty()) {
            drop(remove());
        }
    }

    /** Pictures that left unsent. */
    synchronized long dropped() {
        return dropped;
    }

    /** Pictures that wait. */
    synchronized int size() {
        return queue.size();
    }

    private EncodedPicture remove() {
        EncodedPicture picture = queue.remove();
        bytes -= picture.bytes();
        return picture;
    }

    private void drop(EncodedPicture picture) {
        dropped++;
        picture.release();
    }
}
