/** How rows of keys or values are stored in fewer bits. */
package io.packcache.kvcache.codec;
