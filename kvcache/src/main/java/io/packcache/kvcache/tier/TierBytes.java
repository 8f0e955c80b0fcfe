package io.packcache.kvcache.tier;

/**
 * What frames take outside of what is attended to.
 *
 * @param host bytes in host memory
 * @param disk bytes of files
 */
public record TierBytes(long host, long disk) {}
