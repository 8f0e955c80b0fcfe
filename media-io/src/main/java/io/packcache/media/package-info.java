/**
 * Where pictures leave and enter: sinks and sources on FFmpeg, called through JavaCV's presets for it. The only package
 * that touches them.
 */
package io.packcache.media;
