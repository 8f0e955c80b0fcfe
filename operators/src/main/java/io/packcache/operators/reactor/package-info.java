/**
 * Generation, compaction and output as Reactor operators: {@link io.packcache.operators.reactor.PackcacheFlux} and
 * {@link io.packcache.operators.reactor.PackcacheSink} are the doors.
 */
package io.packcache.operators.reactor;
