/** What policies see of a cache and what a compaction does to it, described by what tokens are. */
package io.packcache.kvcache.plan;
