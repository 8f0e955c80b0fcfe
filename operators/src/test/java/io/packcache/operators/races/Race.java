package io.packcache.operators.races;

import java.util.function.Consumer;

/** What goes wrong while four pictures are under way. */
@SuppressWarnings("ImmutableEnumChecker")
enum Race {
    CANCEL_IN_ON_NEXT(rig -> {
        rig.cancelInOnNext();
        rig.request(Long.MAX_VALUE);
        rig.next();
    }),
    CANCEL_BEFORE_DRAIN(rig -> {
        rig.next();
        rig.cancel();
        rig.request(1);
    }),
    CANCEL_THEN_ON_NEXT(rig -> {
        rig.request(1);
        rig.cancel();
        rig.next();
    }),
    CANCEL_WHILE_HOLDING(rig -> {
        rig.request(2);
        rig.next();
        rig.cancel();
    }),
    ERROR_WHILE_HOLDING(rig -> {
        rig.request(2);
        rig.next();
        rig.fail();
        rig.request(1);
    }),
    COMPLETE_WHILE_HOLDING(rig -> {
        rig.request(2);
        rig.next();
        rig.complete();
        rig.request(2);
    }),
    COMPLETE_WHILE_HOLDING_THEN_CANCEL(rig -> {
        rig.request(2);
        rig.next();
        rig.complete();
        rig.cancel();
    }),
    MORE_THAN_REQUESTED(rig -> {
        rig.request(1);
        rig.next();
        rig.next();
        rig.next();
    }),
    MORE_THAN_FITS_THEN_REQUEST(rig -> {
        rig.request(1);
        rig.next();
        rig.next();
        rig.request(Long.MAX_VALUE);
        rig.next();
    }),
    ILLEGAL_REQUEST_WHILE_HOLDING(rig -> {
        rig.request(1);
        rig.next();
        rig.requestLessThanOne();
    }),
    SIGNALS_AFTER_COMPLETION(rig -> {
        rig.request(Long.MAX_VALUE);
        rig.complete();
        rig.next();
        rig.fail();
        rig.complete();
    }),
    SIGNALS_AFTER_ERROR(rig -> {
        rig.request(Long.MAX_VALUE);
        rig.fail();
        rig.next();
        rig.complete();
    }),
    SOMETHING_ALREADY_SPENT(rig -> {
        rig.request(Long.MAX_VALUE);
        rig.nextSpent();
        rig.next();
    }),
    CANCEL_AGAINST_ON_NEXT(rig -> {
        rig.request(Long.MAX_VALUE);
        rig.race(rig::cancel, rig::next);
    }),
    CANCEL_AGAINST_REQUEST(rig -> {
        rig.request(1);
        rig.next();
        rig.race(rig::cancel, () -> rig.request(3));
    }),
    REQUEST_AGAINST_ON_NEXT(rig -> {
        rig.request(1);
        rig.next();
        rig.race(() -> rig.request(3), rig::next);
    }),
    ERROR_AGAINST_REQUEST(rig -> {
        rig.request(1);
        rig.next();
        rig.race(rig::fail, () -> rig.request(3));
    }),
    CANCEL_AGAINST_COMPLETE(rig -> {
        rig.request(1);
        rig.next();
        rig.race(rig::cancel, rig::complete);
    }),
    CANCEL_AGAINST_ERROR(rig -> {
        rig.request(1);
        rig.next();
        rig.race(rig::cancel, rig::fail);
    });

    private final Consumer<Rig> script;

    Race(Consumer<Rig> script) {
        this.script = script;
    }

    void run(Rig rig) {
        script.accept(rig);
    }

    boolean isRace() {
        return name().contains("_AGAINST_");
    }
}
