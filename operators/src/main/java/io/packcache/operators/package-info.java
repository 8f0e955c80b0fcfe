/** Cache compaction and its companions as Reactor operators and Akka Streams stages. */
package io.packcache.operators;
