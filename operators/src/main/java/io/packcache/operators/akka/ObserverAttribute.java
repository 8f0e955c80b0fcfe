package io.packcache.operators.akka;

import akka.stream.Attributes;
import io.packcache.stream.flow.FlowObserver;

/** How a stage finds the observer of its stream: the innermost one of the attributes it inherits. */
record ObserverAttribute(FlowObserver observer) implements Attributes.Attribute {

    static FlowObserver of(Attributes attributes) {
        return attributes
                .getAttribute(ObserverAttribute.class)
                .map(ObserverAttribute::observer)
                .orElse(FlowObserver.NONE);
    }
}
