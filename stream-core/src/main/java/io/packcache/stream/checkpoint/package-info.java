/**
 * Files that come from elsewhere: safetensors, alone or in shards, and JSON beside them. Nothing in them is trusted, and
 * every refusal is a {@link io.packcache.stream.checkpoint.CheckpointException} that names the place.
 */
package io.packcache.stream.checkpoint;
