/**
 * Every operation with the vector instructions of the machine, spread over a fixed pool of threads.
 *
 * <p>These are the only classes that name the incubating vector module; nothing links to them but the ladder, by name.
 * Each kernel keeps its accumulators in local variables and its species in a constant, and calls no method on a vector
 * that a loop carries round (it is an argument of a fresh one instead): the compiler turns vectors into registers only
 * where it knows their class, and must not have to guess it from what other code in the JVM does.
 */
package io.packcache.kvcache.compute.vector;
