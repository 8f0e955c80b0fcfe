/**
 * Every operation with the vector instructions of the machine, spread over a fixed pool of threads.
 *
 * <p>These are the only classes that name the incubating vector module; nothing links to them but the ladder, by name.
 * Each kernel keeps its accumulators in local variables and its species in a constant, because the compiler turns
 * vectors into registers only then.
 */
package io.packcache.kvcache.compute.vector;
