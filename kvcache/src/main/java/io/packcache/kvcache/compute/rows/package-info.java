/**
 * How encoded rows lie in memory: codes, what a code is worth, and the plain way back to float32.
 *
 * <p>How the numbers are chosen is the business of {@code codec}; here is only what attention has to read. The vector
 * backend knows some of these layouts and decodes them a vector at a time; every other one it decodes by
 * {@link io.packcache.kvcache.compute.EncodedRows#decode}, a block of rows at a time.
 */
package io.packcache.kvcache.compute.rows;
