/**
 * Generation, compaction and output as Akka Streams stages: {@link io.packcache.operators.akka.PackcacheSource},
 * {@link io.packcache.operators.akka.PackcacheFlow}, {@link io.packcache.operators.akka.PackcacheSink} are the doors.
 */
package io.packcache.operators.akka;
