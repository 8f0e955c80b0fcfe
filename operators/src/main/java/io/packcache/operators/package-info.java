/** Cache compaction and its companions as stream operators: Reactor's in {@code reactor}, all of them plain publishers. */
package io.packcache.operators;
