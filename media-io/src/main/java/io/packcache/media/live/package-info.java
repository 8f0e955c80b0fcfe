/** Live broadcasts: paced by the wall clock, bounded by deadlines, connected again when the network comes back. */
package io.packcache.media.live;
