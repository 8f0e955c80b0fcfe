package io.packcache.stream.model;

import io.packcache.kvcache.KvCache;

/** One branch of guidance: where its tokens stand, and what it remembers of them. */
record Branch(SequenceLayout layout, KvCache cache) {}
