package io.packcache.stream.flow;

/**
 * A cache budget was moved to keep real time, or to use the time there is.
 *
 * @param latentFrame that made it move; the new budget is in force from its compaction on
 * @param load share of the time there was for that frame that generating it took; above 1 it came too late
 * @param before budget in frames until then
 * @param after budget in frames from then on
 */
public record BudgetChange(long latentFrame, double load, double before, double after) {

    /** True if there was too little time, false if there was some to spare. */
    public boolean shrinks() {
        return after < before;
    }
}
