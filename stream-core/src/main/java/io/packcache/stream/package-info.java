/** Frames, the model that makes them, and the session that emits one latent frame per unit of demand. */
package io.packcache.stream;
