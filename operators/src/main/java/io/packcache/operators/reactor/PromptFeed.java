package io.packcache.operators.reactor;

import io.packcache.stream.flow.PromptSwitch;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** The prompts of one subscription on their way to its session. */
final class PromptFeed implements Disposable {

    private final PromptSwitch receiver;
    private final Disposable prompts;

    PromptFeed(Publisher<String> prompts, PromptSwitch receiver) {
        this.receiver = receiver;
        this.prompts = Flux.from(prompts).subscribe(receiver::accept, receiver::fail);
    }

    PromptSwitch receiver() {
        return receiver;
    }

    @Override
    public void dispose() {
        prompts.dispose();
        receiver.close();
    }
}
