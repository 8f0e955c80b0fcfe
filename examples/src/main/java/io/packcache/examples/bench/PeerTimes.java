package io.packcache.examples.bench;

import java.util.Map;

/** The peer's columns of a report. */
final class PeerTimes {

    /** The peer's name in a {@link Contest}. */
    static final String NAME = "peer";

    private PeerTimes() {}

    /** Adds the peer's time and how many times faster we are, if it took part. */
    static void compare(Report report, Map<String, Times> times, Times ours) {
        Times peer = times.get(NAME);
        if (peer != null) {
            report.times("peer", peer).number("against peer", peer.median() / ours.median(), "%.2fx");
        }
    }
}
