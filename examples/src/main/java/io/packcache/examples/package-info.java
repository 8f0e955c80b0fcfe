/** Programs built on the library: the command line, pipelines, benchmarks and the demo world. */
package io.packcache.examples;
