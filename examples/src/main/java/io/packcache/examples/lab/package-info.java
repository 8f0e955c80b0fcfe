/** Measurement: clips generated and scored under cache policies, held against the truth of the demo world. */
package io.packcache.examples.lab;
