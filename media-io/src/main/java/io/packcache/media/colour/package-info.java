/** From RGB to what video codecs take. */
package io.packcache.media.colour;
