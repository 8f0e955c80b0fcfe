package io.packcache.stream.flow;

import io.packcache.stream.frame.FlowElement;

/**
 * An operator that holds nothing: for each element one element, on the thread that delivers it, before any demand that
 * follows. May take its time; one call at a time; made anew for each subscription or materialisation.
 *
 * @param <T> what flows
 */
@FunctionalInterface
public interface Passing<T extends FlowElement> {

    /**
     * Takes an element over and answers with what is to be handed on in its place, most often the same.
     *
     * @throws Exception to end the stream; the element is then still the caller's, who releases it
     */
    T pass(T element) throws Exception;
}
