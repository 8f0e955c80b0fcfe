/**
 * The operations a transformer over a packed cache needs, and the ladder of implementations.
 *
 * <p>{@code plain} is the specification, {@code vector} the fast one; {@link io.packcache.kvcache.compute.Backends}
 * picks.
 */
package io.packcache.kvcache.compute;
