/** From RGB pixels of one size to the planes that video codecs take. */
package io.packcache.media.colour;
