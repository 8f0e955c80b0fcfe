package io.packcache.operators.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.packcache.stream.flow.OverflowStrategy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** What may come of each race at the bounded queue: pictures received, ends told, pictures lost. */
public final class BoundedQueueStress {

    private BoundedQueueStress() {}

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "cancelled first: the picture was released")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "received first")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, or told an end")
    public static class NextAgainstCancel extends QueueRig {

        public NextAgainstCancel() {
            super(2, OverflowStrategy.BACKPRESSURE, 0);
            request();
        }

        @Actor
        public void source() {
            next();
        }

        @Actor
        public void receiver() {
            cancel();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "whoever came second handed it on")
    @Outcome(expect = FORBIDDEN, desc = "demand or picture was missed")
    public static class NextAgainstRequest extends QueueRig {

        public NextAgainstRequest() {
            super(2, OverflowStrategy.BACKPRESSURE, 0);
        }

        @Actor
        public void source() {
            next();
        }

        @Actor
        public void receiver() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "cancelled first: what waited was released")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "received first: the other was released")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, or told an end")
    public static class RequestAgainstCancel extends QueueRig {

        public RequestAgainstCancel() {
            super(2, OverflowStrategy.BACKPRESSURE, 2);
        }

        @Actor
        public void wanting() {
            request();
        }

        @Actor
        public void leaving() {
            cancel();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "both were served")
    @Outcome(expect = FORBIDDEN, desc = "demand was lost")
    public static class RequestAgainstRequest extends QueueRig {

        public RequestAgainstRequest() {
            super(2, OverflowStrategy.BACKPRESSURE, 2);
        }

        @Actor
        public void one() {
            request();
        }

        @Actor
        public void other() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "the picture, then the end")
    @Outcome(expect = FORBIDDEN, desc = "the end was missed, or overtook the picture")
    public static class CompleteAgainstRequest extends QueueRig {

        public CompleteAgainstRequest() {
            super(2, OverflowStrategy.BACKPRESSURE, 1);
        }

        @Actor
        public void source() {
            complete();
        }

        @Actor
        public void receiver() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "cancelled first")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "failed first")
    @Outcome(expect = FORBIDDEN, desc = "an end told twice")
    public static class FailureAgainstCancel extends QueueRig {

        public FailureAgainstCancel() {
            super(2, OverflowStrategy.BACKPRESSURE, 0);
        }

        @Actor
        public void source() {
            fail();
        }

        @Actor
        public void receiver() {
            cancel();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "one received, one dropped or still waiting; all released")
    @Outcome(expect = FORBIDDEN, desc = "lost or doubled")
    public static class DropAgainstRequest extends QueueRig {

        public DropAgainstRequest() {
            super(1, OverflowStrategy.DROP_OLDEST, 1);
        }

        @Actor
        public void source() {
            next();
        }

        @Actor
        public void receiver() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "overflowed: what waited was released, the failure told")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "made room in time")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "one handed on while the other overflowed")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, or ended silently")
    public static class OverflowAgainstRequest extends QueueRig {

        public OverflowAgainstRequest() {
            super(1, OverflowStrategy.FAIL, 1);
        }

        @Actor
        public void source() {
            next();
        }

        @Actor
        public void receiver() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "out of date first: dropped")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "received first")
    @Outcome(expect = FORBIDDEN, desc = "lost or doubled")
    public static class EndOfEpochAgainstRequest extends QueueRig {

        public EndOfEpochAgainstRequest() {
            super(2, OverflowStrategy.BACKPRESSURE, 1);
        }

        @Actor
        public void prompt() {
            endEpoch();
        }

        @Actor
        public void receiver() {
            request();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }
}
