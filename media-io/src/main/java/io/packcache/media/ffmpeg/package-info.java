/** Everything native: the only package that touches the FFmpeg libraries. Nobody's API but this module's. */
package io.packcache.media.ffmpeg;
