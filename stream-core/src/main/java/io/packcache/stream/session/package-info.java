/** From a request to a stream of frames: the loaded model, one session per clip, and the lease on its cache. */
package io.packcache.stream.session;
