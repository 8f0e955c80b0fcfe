package io.packcache.stream.pipeline;

/**
 * One sink of a pipeline file.
 *
 * @param <S> settings of sinks
 * @param to the address pictures go to
 * @param settings how they are written there
 * @param path where it stands in the file, for messages: {@code $.sinks[0]}
 */
public record SinkSpec<S extends Record>(String to, S settings, String path) {}
