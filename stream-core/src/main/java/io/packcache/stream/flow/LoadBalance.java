package io.packcache.stream.flow;

/**
 * Decides from the load of one frame after the other how much history can be afforded. Pure arithmetic: the same loads
 * give the same budgets.
 */
final class LoadBalance {

    private final AdaptiveBudgetSettings settings;
    private double budget;
    private int late;
    private int idle;

    LoadBalance(AdaptiveBudgetSettings settings) {
        this.settings = settings;
        this.budget = settings.start();
    }

    /** The budget in frames. */
    double budget() {
        return budget;
    }

    /**
     * Takes in one frame.
     *
     * @param load share of its time that it took
     */
    void add(double load) {
        late = load > settings.lateAbove() ? late + 1 : 0;
        idle = load < settings.idleBelow() ? idle + 1 : 0;
        if (late == settings.lateFrames()) {
            move(budget * settings.shrinkTo());
        } else if (idle == settings.idleFrames()) {
            move(budget + settings.growBy());
        }
    }

    private void move(double wanted) {
        budget = Math.max(settings.least(), Math.min(settings.most(), wanted));
        late = 0;
        idle = 0;
    }
}
