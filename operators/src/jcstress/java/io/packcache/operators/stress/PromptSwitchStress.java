package io.packcache.operators.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** What may come of each race at the prompt switch: prompts that reached the session, events, those that say shown. */
public final class PromptSwitchStress {

    private PromptSwitchStress() {}

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "handed to the session, whoever came first")
    @Outcome(expect = FORBIDDEN, desc = "forgotten, handed twice, or not one event")
    public static class PromptAgainstFirstFrame extends PromptRig {

        @Actor
        public void prompts() {
            accept("a");
        }

        @Actor
        public void frames() {
            passFirst();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "both handed over; the older was overtaken")
    @Outcome(expect = FORBIDDEN, desc = "forgotten, handed twice, or not one event each")
    public static class TwoPromptsAgainstFirstFrame extends PromptRig {

        @Actor
        public void prompts() {
            accept("a");
            accept("b");
        }

        @Actor
        public void frames() {
            passFirst();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "too late")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "handed over, and too late to be shown")
    @Outcome(expect = FORBIDDEN, desc = "a prompt without its event, or with two")
    public static class PromptAgainstEnd extends PromptRig {

        public PromptAgainstEnd() {
            passFirst();
        }

        @Actor
        public void prompts() {
            accept("a");
        }

        @Actor
        public void stream() {
            close();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "too late")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "handed over by the frame, and too late to be shown")
    @Outcome(expect = FORBIDDEN, desc = "a prompt without its event, or with two")
    public static class FirstFrameAgainstEnd extends PromptRig {

        public FirstFrameAgainstEnd() {
            accept("a");
        }

        @Actor
        public void frames() {
            passFirst();
        }

        @Actor
        public void stream() {
            close();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "begun, and never shown")
    @Outcome(expect = FORBIDDEN, desc = "a prompt without its event, or with two")
    public static class BeginningAgainstEnd extends PromptRig {

        public BeginningAgainstEnd() {
            passFirst();
            accept("a");
        }

        @Actor
        public void session() {
            begin();
        }

        @Actor
        public void stream() {
            close();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "the older begun or not, it was overtaken")
    @Outcome(expect = FORBIDDEN, desc = "a prompt without its event, or with two")
    public static class BeginningAgainstNewerPrompt extends PromptRig {

        public BeginningAgainstNewerPrompt() {
            passFirst();
            accept("a");
        }

        @Actor
        public void session() {
            begin();
        }

        @Actor
        public void prompts() {
            accept("b");
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "its first frame passed before the end")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "the end came first")
    @Outcome(expect = FORBIDDEN, desc = "a prompt without its event, or with two")
    public static class FirstFrameOfAPromptAgainstEnd extends PromptRig {

        public FirstFrameOfAPromptAgainstEnd() {
            passFirst();
            accept("a");
            begin();
        }

        @Actor
        public void frames() {
            passSecond();
        }

        @Actor
        public void stream() {
            close();
        }

        @Arbiter
        public void arbiter(III_Result result) {
            tell(result);
        }
    }
}
