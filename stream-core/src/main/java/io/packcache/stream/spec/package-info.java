/** Settings records as JSON: written whole, read strictly. */
package io.packcache.stream.spec;
