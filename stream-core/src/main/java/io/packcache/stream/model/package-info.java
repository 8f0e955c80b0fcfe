/**
 * The generator: configuration, checkpoint files, transformer, token layout and masked decoding.
 *
 * <p>Everything here computes through {@link io.packcache.kvcache.compute.Backend} and never names a concrete one.
 */
package io.packcache.stream.model;
