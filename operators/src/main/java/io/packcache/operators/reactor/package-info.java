/** Generation, compaction and output as Reactor operators; {@link io.packcache.operators.reactor.PackcacheFlux} is the door. */
package io.packcache.operators.reactor;
