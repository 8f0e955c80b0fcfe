/**
 * Live broadcasts: paced by the wall clock, bounded by deadlines, connected again when the network comes back.
 *
 * <p>{@link io.packcache.media.live.LiveSink} encodes each picture when it is due, on the thread of whoever writes; coded
 * pictures wait in a bounded queue of whole groups, and a thread of the sink's own connects and sends. So the network,
 * whatever it does, delays nobody: a full queue loses its oldest group of pictures, and counts them.
 *
 * <p>{@link io.packcache.media.live.LiveSettings} says how, {@link io.packcache.media.live.LiveListener} is told what
 * happens, {@link io.packcache.media.live.LiveStatistics} counts. Nothing prints what is secret in an address.
 */
package io.packcache.media.live;
