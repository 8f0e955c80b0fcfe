package io.packcache.kvcache.policy;

/** What {@code first+second} means. */
final class Combination {

    private Combination() {}

    static CompactionPolicy of(CompactionPolicy first, CompactionPolicy second, String text) {
        if (first instanceof PackCache pack && second instanceof ScoredPolicy scores) {
            return pack.withWithinFrame(WithinFrame.by(scores));
        }
        throw new PolicyFormatException(
                "\"" + text + "\" does not go together: only packcache lets another policy choose"
                        + " within its frames, and that one must score tokens, which " + second.name() + " does not");
    }
}
