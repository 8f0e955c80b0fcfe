package io.packcache.stream.pipeline;

/**
 * One operator of a pipeline file.
 *
 * @param name the operator, as {@link PipelineFormat} knows it
 * @param settings its settings, of the type of its defaults there
 * @param path where it stands in the file, for messages: {@code $.operators[0]}
 */
public record OperatorSpec(String name, Record settings, String path) {}
