package io.packcache.stream.flow;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.session.GeneratedFrame;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Compacts after every frame within a budget that follows real time: backpressure as a dial of quality. A frame has the
 * time its pictures last at the target rate; if whoever is downstream lets the session wait for longer than a tenth of
 * the frame's work, it has the whole time from frame to frame, so a slow consumer buys a longer memory.
 */
public final class AdaptiveBudget implements Passing<GeneratedFrame> {

    private static final double NANOS_A_SECOND = 1e9;

    /** Less than this share of a frame's own time is no waiting but what passing it on costs. */
    private static final double NOTICEABLE = 0.1;

    private final AdaptiveBudgetSettings settings;
    private final LongSupplier clock;
    private final Consumer<BudgetChange> events;
    private final LoadBalance balance;
    private final Compactor compactor;

    private Epoch epoch;
    private long handedOn;
    private int contentLength;

    /**
     * @param policy decides what stays within the budget
     * @param clock nanoseconds, only forward
     * @param events told every change of the budget, on the thread that delivers the frames
     */
    public AdaptiveBudget(
            CompactionPolicy policy,
            AdaptiveBudgetSettings settings,
            LongSupplier clock,
            Consumer<BudgetChange> events) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.events = Objects.requireNonNull(events, "events");
        this.balance = new LoadBalance(settings);
        this.compactor = new Compactor(policy, this::budget);
    }

    @Override
    public GeneratedFrame pass(GeneratedFrame frame) throws Exception {
        long arrived = clock.getAsLong();
        if (contentLength == 0) {
            contentLength = frame.lease().view().grid().contentLength();
        }
        // The first frame of an epoch also reads the text, and may be a single picture: it says nothing about the rest.
        if (frame.epoch() == epoch) {
            weigh(frame, arrived - handedOn);
        }
        epoch = frame.epoch();
        GeneratedFrame compacted = compactor.pass(frame);
        handedOn = clock.getAsLong();
        return compacted;
    }

    /** @param elapsed from handing on the frame before to the arrival of this one */
    private void weigh(GeneratedFrame frame, long elapsed) {
        double work = frame.statistics().totalNanos();
        double available = frame.pictures().size() / settings.picturesPerSecond() * NANOS_A_SECOND;
        if (elapsed - work > NOTICEABLE * work) {
            available = Math.max(available, (double) elapsed);
        }
        double before = balance.budget();
        balance.add(work / available);
        if (balance.budget() != before) {
            events.accept(new BudgetChange(frame.number(), work / available, before, balance.budget()));
        }
    }

    private Budget budget() {
        return new Budget(Math.max(1, Math.round(balance.budget() * contentLength)));
    }
}
