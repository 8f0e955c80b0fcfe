/** Pipelines out of JSON files, put together from the Reactor operators and the sinks of media-io; {@code packcache run}. */
package io.packcache.examples.pipelines;
