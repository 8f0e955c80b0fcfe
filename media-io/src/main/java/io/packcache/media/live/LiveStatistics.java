package io.packcache.media.live;

/**
 * How a broadcast fared so far.
 *
 * @param sent pictures handed to the network
 * @param dropped pictures that were coded and never sent, because the network was away or too slow
 * @param waiting coded pictures that wait for the network
 * @param bytes of code sent
 * @param connections how often the stream went live; one more than it was interrupted
 * @param position time of the newest picture sent, in ticks since the first; behind the clock by what waits or was skipped
 * @param clockMoves how often the pictures came more than a second too late and the clock was set to them
 */
public record LiveStatistics(
        long sent, long dropped, int waiting, long bytes, int connections, long position, long clockMoves) {

    static final LiveStatistics NONE = new LiveStatistics(0, 0, 0, 0, 0, 0, 0);

    LiveStatistics withClockMoves(long moves) {
        return new LiveStatistics(sent, dropped, waiting, bytes, connections, position, moves);
    }
}
