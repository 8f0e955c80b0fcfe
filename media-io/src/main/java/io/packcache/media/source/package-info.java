/** Videos as input: clips to go on from, and files or live streams as publishers of pictures. */
package io.packcache.media.source;
