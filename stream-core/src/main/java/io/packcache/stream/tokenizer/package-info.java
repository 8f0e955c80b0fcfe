/** Text and pictures to token ids, and codes back to pictures. */
package io.packcache.stream.tokenizer;
