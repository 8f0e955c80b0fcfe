/**
 * {@code packcache bench}: named workloads, each measured against what a user would pick instead, in alternating rounds of
 * one run. How each figure is made is told in {@code examples/benchmarks/README.md}.
 */
package io.packcache.examples.bench;
