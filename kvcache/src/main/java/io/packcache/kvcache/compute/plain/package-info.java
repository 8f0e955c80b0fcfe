/** The readable specification of every operation, in plain Java on one thread. */
package io.packcache.kvcache.compute.plain;
