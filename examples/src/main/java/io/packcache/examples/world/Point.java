package io.packcache.examples.world;

/** A place in a picture, in pixels from the top left corner. */
public record Point(double x, double y) {}
