package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.spec.SettingException;
import io.packcache.stream.testkit.HandmadeFrames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hours of generation in milliseconds: time is a number here. */
class AdaptiveBudgetTest {

    private static final long MILLI = 1_000_000;

    /** 12 pictures a second, four a frame: 333 ms for a frame. */
    private static final AdaptiveBudgetSettings TWELVE = AdaptiveBudgetSettings.of(12);

    private final HandmadeFrames frames = new HandmadeFrames();
    private final List<BudgetChange> changes = new ArrayList<>();
    private final List<Budget> asked = new ArrayList<>();
    private long now;

    private final CompactionPolicy policy = new CompactionPolicy() {

        @Override
        public String name() {
            return "asked";
        }

        @Override
        public CompactionPlan plan(CacheView view, Budget budget) {
            asked.add(budget);
            return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(), 1);
        }
    };

    @AfterEach
    void everythingWasReleased() {
        assertThat(frames.pool.live()).isZero();
    }

    private AdaptiveBudget budget(AdaptiveBudgetSettings settings) {
        return new AdaptiveBudget(policy, settings, () -> now, changes::add);
    }

    /** One frame of four pictures that takes {@code work} after waiting for {@code wait} to be asked for. */
    private void frame(AdaptiveBudget budget, long workMillis, long waitMillis) throws Exception {
        now += (workMillis + waitMillis) * MILLI;
        try (GeneratedFrame frame = frames.next(4, workMillis * MILLI)) {
            budget.pass(frame);
        }
    }

    private double current() {
        return changes.isEmpty() ? 1 : changes.get(changes.size() - 1).after();
    }

    @Test
    void lateFramesShrinkItAndEachChangeIsAnEvent() throws Exception {
        AdaptiveBudget budget = budget(TWELVE);
        for (int i = 0; i < 5; i++) {
            frame(budget, 400, 0);
        }
        assertThat(changes).hasSize(2);
        assertThat(changes.get(0).latentFrame())
                .as("the first frame of an epoch says nothing")
                .isEqualTo(2);
        assertThat(changes.get(0).load()).isCloseTo(1.2, within(1e-9));
        assertThat(changes.get(0).shrinks()).isTrue();
        assertThat(changes).extracting(BudgetChange::after).containsExactly(0.75, 0.5625);
    }

    @Test
    void itGoesNoLowerAndNoHigherThanItsLimits() throws Exception {
        AdaptiveBudget budget = budget(TWELVE);
        for (int i = 0; i < 100; i++) {
            frame(budget, 900, 0);
        }
        assertThat(current()).isEqualTo(0.25);
        int atTheFloor = changes.size();
        for (int i = 0; i < 400; i++) {
            frame(budget, 30, 0);
        }
        assertThat(current()).isEqualTo(4);
        assertThat(changes.size() - atTheFloor).isEqualTo(15);
        assertThat(asked).allMatch(one -> one.historyTokens() >= 1);
    }

    @Test
    void betweenTheTwoMarksNothingMoves() throws Exception {
        AdaptiveBudget budget = budget(TWELVE);
        for (int i = 0; i < 1000; i++) {
            frame(budget, i % 2 == 0 ? 240 : 295, 0);
        }
        assertThat(changes).isEmpty();
    }

    @Test
    void oneSlowFrameAmongFastOnesDoesNotShrinkIt() throws Exception {
        AdaptiveBudget budget = budget(TWELVE);
        for (int i = 0; i < 300; i++) {
            frame(budget, i % 5 == 0 ? 900 : 250, 0);
        }
        assertThat(changes).isEmpty();
    }

    @Test
    void aConsumerThatAsksSlowlyBuysALongerMemory() throws Exception {
        AdaptiveBudget asFastAsItCan = budget(TWELVE);
        for (int i = 0; i < 3; i++) {
            frame(asFastAsItCan, 320, 0);
        }
        assertThat(changes).extracting(BudgetChange::shrinks).containsExactly(true);
        changes.clear();
        AdaptiveBudget slow = budget(TWELVE);
        for (int i = 0; i < 9; i++) {
            frame(slow, 320, 680);
        }
        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.shrinks()).isFalse();
            assertThat(change.load()).isCloseTo(0.32, within(1e-9));
        });
    }

    @Test
    void theFirstFrameOfAnEpochIsNotWeighed() throws Exception {
        AdaptiveBudget budget = budget(TWELVE);
        for (int i = 0; i < 50; i++) {
            frames.nextEpoch();
            frame(budget, 5000, 0);
        }
        assertThat(changes).isEmpty();
    }

    /** A machine whose frames cost a base and a share for each frame of history: the loop must settle, not swing. */
    @Test
    void againstAMachineItSettlesBelowItsTimeWithoutSwinging() throws Exception {
        for (int share = 40; share <= 280; share += 40) {
            changes.clear();
            AdaptiveBudget budget = budget(TWELVE);
            int lastChange = 0;
            for (int i = 0; i < 2000; i++) {
                int before = changes.size();
                frame(budget, 60 + Math.round(share * current()), 0);
                lastChange = changes.size() > before ? i : lastChange;
            }
            double load = (60 + share * current()) / (1000 / 3.0);
            assertThat(lastChange)
                    .as("%d ms a frame of history: last change", share)
                    .isLessThan(300);
            assertThat(load).as("%d ms a frame of history: load", share).isLessThanOrEqualTo(0.9);
        }
    }

    @Test
    void aBudgetIsCountedInTokensOfThisModel() throws Exception {
        AdaptiveBudget budget = budget(TWELVE.withStart(3));
        frame(budget, 100, 0);
        // Handmade frames have a grid of one code and one row end.
        assertThat(asked).containsExactly(new Budget(6));
    }

    @Test
    void wrongSettingsAreRefusedByName() {
        assertThatThrownBy(() -> AdaptiveBudgetSettings.of(0))
                .isInstanceOf(SettingException.class)
                .hasMessage("picturesPerSecond is above 0 pictures a second, got 0.0");
        assertThatThrownBy(() -> TWELVE.withLimits(2, 1)).hasMessage("most is at least least, 2.0 frames, got 1.0");
        assertThatThrownBy(() -> TWELVE.withStart(9)).hasMessage("start is from least to most, 0.25 to 4.0, got 9.0");
        assertThatThrownBy(() -> TWELVE.withPicturesPerSecond(Double.NaN)).isInstanceOf(SettingException.class);
    }
}
