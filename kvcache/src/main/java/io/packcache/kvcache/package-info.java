/** What is kept between frames: the KV cache, the policies that thin it, and the arithmetic that reads it. */
package io.packcache.kvcache;
