/** The model: configuration, transformer, and the decoding of latent frames. */
package io.packcache.stream.model;
