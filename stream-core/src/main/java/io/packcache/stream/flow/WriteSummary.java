package io.packcache.stream.flow;

import java.time.Duration;

/**
 * What was written into a sink.
 *
 * @param written pictures that the sink took
 * @param discarded pictures that were queued and released unwritten
 * @param elapsed from the start of the writer until the sink was closed
 */
public record WriteSummary(long written, long discarded, Duration elapsed) {}
