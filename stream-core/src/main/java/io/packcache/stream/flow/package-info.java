/** What every family of stream operators does with frames, free of any of them: compaction and the driving of sinks. */
package io.packcache.stream.flow;
