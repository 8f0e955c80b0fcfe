package io.packcache.operators.races;

/** One operator between a source and a receiver that do what a race says, allowed or not, on one stream library. */
interface Rig {

    /** The receiver wants {@code n} more. */
    void request(long n);

    /** The receiver breaks rule 3.9. */
    void requestLessThanOne();

    void cancel();

    /** From now on the receiver cancels when something arrives, before it releases it. */
    void cancelInOnNext();

    /** The source sends four pictures, whether it was asked or not. */
    void next();

    /** The source sends something whose pictures are gone already. */
    void nextSpent();

    void fail();

    void complete();

    /** Both at once, as nearly as two threads can. */
    void race(Runnable one, Runnable other);

    /** Cancels, waits until everything has come to rest, and says how often the receiver was told an end. */
    int settle();
}
