/** What a compaction does, described by what tokens are, and the one applier that does it. */
package io.packcache.kvcache.plan;
