/** Still pictures: read for conditioning, written one by one or as contact sheets. */
package io.packcache.media.image;
