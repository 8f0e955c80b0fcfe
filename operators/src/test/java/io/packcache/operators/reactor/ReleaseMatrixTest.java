package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheFlux.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.policy.FullCache;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.test.util.RaceTestUtils;

/** Operator x race: whatever happens, every picture is released, and none twice. A new operator adds a row. */
class ReleaseMatrixTest {

    private static final int RACES = 300;

    private final HandmadeFrames frames = new HandmadeFrames();
    private final ManualSource<GeneratedFrame> source = new ManualSource<>();
    private final List<Throwable> droppedErrors = new CopyOnWriteArrayList<>();

    enum Operator {
        PACK_CACHE {
            @Override
            Publisher<?> of(Flux<GeneratedFrame> source) {
                return source.transform(packCache(new FullCache()));
            }
        },
        PICTURES {
            @Override
            Publisher<?> of(Flux<GeneratedFrame> source) {
                return source.transform(pictures());
            }
        },
        PACK_CACHE_AND_PICTURES {
            @Override
            Publisher<?> of(Flux<GeneratedFrame> source) {
                return source.transform(packCache(new FullCache())).transform(pictures());
            }
        },
        SINK {
            @Override
            Publisher<?> of(Flux<GeneratedFrame> source) {
                return source.transform(pictures()).as(to(new RecordingSink()));
            }
        };

        abstract Publisher<?> of(Flux<GeneratedFrame> source);
    }

    /** What goes wrong while a frame of four pictures is under way. */
    enum Race {
        CANCEL_IN_ON_NEXT {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.cancelInOnNext = true;
                receiver.request(Long.MAX_VALUE);
                test.source.next(test.frames.next(4));
                receiver.cancel();
            }
        },
        CANCEL_BEFORE_DRAIN {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                test.source.next(test.frames.next(4));
                receiver.cancel();
                receiver.request(1);
            }
        },
        CANCEL_THEN_ON_NEXT {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                receiver.cancel();
                test.source.next(test.frames.next(4));
            }
        },
        CANCEL_WHILE_HOLDING {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(2);
                test.source.next(test.frames.next(4));
                receiver.cancel();
            }
        },
        ERROR_WHILE_HOLDING {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(2);
                test.source.next(test.frames.next(4));
                test.source.fail(new ArithmeticException("not a number"));
            }
        },
        COMPLETE_WHILE_HOLDING {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(2);
                test.source.next(test.frames.next(4));
                test.source.complete();
                receiver.request(2);
            }
        },
        COMPLETE_WHILE_HOLDING_THEN_CANCEL {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(2);
                test.source.next(test.frames.next(4));
                test.source.complete();
                receiver.cancel();
            }
        },
        MORE_THAN_REQUESTED {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                test.source.next(test.frames.next(4));
                test.source.next(test.frames.next(4));
                test.source.next(test.frames.next(4));
                receiver.cancel();
            }
        },
        ILLEGAL_REQUEST_WHILE_HOLDING {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                test.source.next(test.frames.next(4));
                receiver.requestUnchecked(-1);
                receiver.cancel();
            }
        },
        SIGNALS_AFTER_COMPLETION {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(Long.MAX_VALUE);
                test.source.complete();
                test.source.next(test.frames.next(4));
                test.source.fail(new ArithmeticException("late"));
                test.source.complete();
            }
        },
        SIGNALS_AFTER_ERROR {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(Long.MAX_VALUE);
                test.source.fail(new ArithmeticException("not a number"));
                test.source.next(test.frames.next(4));
                test.source.complete();
            }
        },
        A_FRAME_ALREADY_RELEASED {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(Long.MAX_VALUE);
                GeneratedFrame spent = test.frames.next(4);
                spent.release();
                test.source.next(spent);
                receiver.cancel();
            }
        },
        CANCEL_AGAINST_ON_NEXT {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(Long.MAX_VALUE);
                GeneratedFrame frame = test.frames.next(4);
                RaceTestUtils.race(receiver::cancel, () -> test.source.next(frame));
            }
        },
        CANCEL_AGAINST_REQUEST {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                test.source.next(test.frames.next(4));
                RaceTestUtils.race(receiver::cancel, () -> receiver.request(3));
            }
        },
        ERROR_AGAINST_REQUEST {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                test.source.next(test.frames.next(4));
                RaceTestUtils.race(
                        () -> test.source.fail(new ArithmeticException("not a number")), () -> receiver.request(3));
            }
        },
        CANCEL_AGAINST_COMPLETE {
            @Override
            void run(ReleaseMatrixTest test, Receiver receiver) {
                receiver.request(1);
                test.source.next(test.frames.next(4));
                RaceTestUtils.race(receiver::cancel, test.source::complete);
            }
        };

        abstract void run(ReleaseMatrixTest test, Receiver receiver);

        boolean isRace() {
            return name().contains("_AGAINST_");
        }
    }

    static Stream<Arguments> everyOperatorInEveryRace() {
        return Stream.of(Operator.values())
                .flatMap(operator -> Stream.of(Race.values()).map(race -> Arguments.of(operator, race)));
    }

    @BeforeEach
    void listenToDroppedErrors() {
        Hooks.onErrorDropped(droppedErrors::add);
        Hooks.onNextDropped(element -> {});
    }

    @AfterEach
    void stopListening() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    @ParameterizedTest
    @MethodSource("everyOperatorInEveryRace")
    void releasesEveryPictureOnce(Operator operator, Race race) {
        for (int i = 0; i < (race.isRace() ? RACES : 1); i++) {
            Receiver receiver = new Receiver();
            operator.of(source).subscribe(receiver);
            race.run(this, receiver);
            if (operator == Operator.SINK) {
                receiver.cancel();
                Threads.awaitEndOf("packcache-sink-");
            }
            assertThat(frames.pool.live()).as("pictures not released").isZero();
            assertThat(receiver.ends.get()).as("ends of the stream").isLessThanOrEqualTo(1);
            assertThat(droppedErrors)
                    .as("no release too many")
                    .noneMatch(error -> String.valueOf(error.getMessage()).contains("more often than it was held"));
        }
    }

    /** Releases all it gets, also after it has cancelled, as rule 2.8 asks. */
    private static final class Receiver extends BaseSubscriber<Object> {

        private volatile boolean cancelInOnNext;
        private final AtomicInteger ends = new AtomicInteger();
        private Subscription unchecked;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            unchecked = subscription;
        }

        void requestUnchecked(long n) {
            unchecked.request(n);
        }

        @Override
        protected void hookOnNext(Object element) {
            if (cancelInOnNext) {
                cancel();
            }
            if (element instanceof GeneratedFrame frame) {
                frame.release();
            } else if (element instanceof VideoFrame picture) {
                picture.release();
            }
        }

        @Override
        protected void hookOnComplete() {
            ends.incrementAndGet();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            ends.incrementAndGet();
        }
    }
}
