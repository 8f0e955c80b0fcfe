/** Caches in one file: safetensors with a JSON description and checksums, written atomically and read with distrust. */
package io.packcache.kvcache.snapshot;
