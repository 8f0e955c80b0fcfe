/** Video files: written so that they always play, and read back. */
package io.packcache.media.file;
