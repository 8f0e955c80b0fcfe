package io.packcache.kvcache.policy;

import io.packcache.kvcache.codec.Codecs;
import java.util.List;

/** What {@code first+second} means. */
final class Combination {

    private Combination() {}

    /** A codec stores all but the newest frame of what the policy keeps, or its shared directions; a policy chooses within PackCache's frames. */
    static CompactionPolicy of(CompactionPolicy first, String part, String text) {
        if (first instanceof MiniCache pairs && Codecs.names().contains(part)) {
            return pairs.withCodec(part);
        }
        if (Codecs.names().contains(part)) {
            return Encoded.defaults().withBase(first).withCodecs(List.of(Encoded.RAW, part));
        }
        CompactionPolicy second = PolicyPresets.named(part);
        if (first instanceof PackCache pack && second instanceof ScoredPolicy scores) {
            return pack.withWithinFrame(WithinFrame.by(scores));
        }
        throw new PolicyFormatException("\"" + text + "\" does not go together: after a plus there is a codec ("
                + String.join(", ", Codecs.names()) + "), or directly after packcache a policy that scores tokens");
    }
}
