/** Where tokens stand: rotary schemes and how positions move when gaps in time are closed. */
package io.packcache.kvcache.position;
