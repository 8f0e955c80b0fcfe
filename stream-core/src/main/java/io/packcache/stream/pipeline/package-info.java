/**
 * A whole pipeline in one JSON file: model, request, policy, operators and sinks, read strictly into the same objects that
 * the fluent API takes. Which operators and sinks there are is told by whoever assembles them, see
 * {@link io.packcache.stream.pipeline.PipelineFormat}; this package knows no stream library.
 */
package io.packcache.stream.pipeline;
