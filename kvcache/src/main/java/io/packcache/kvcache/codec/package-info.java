/**
 * How the rows of a page are stored, keys and values apart: one paper, one class.
 *
 * <p>A codec chooses the numbers; how they lie in memory and how they are read back is the business of {@link
 * io.packcache.kvcache.compute.rows}. {@link io.packcache.kvcache.codec.Codecs} knows them by name.
 */
package io.packcache.kvcache.codec;
