package io.packcache.examples.pipelines;

import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.spec.SettingException;

/**
 * {@code {"operator": "pace"}}.
 *
 * @param fps pictures a second, at least 1
 * @param late what becomes of pictures that miss their slot
 * @param catchUp slots that the schedule may be behind and still be made up
 */
public record PaceStep(int fps, PaceSettings.Late late, int catchUp) {

    static final PaceStep DEFAULTS = new PaceStep(12, PaceSettings.Late.SKIP, 6);

    public PaceStep {
        SettingException.requireBetween("fps", fps, 1, 1000);
        SettingException.requireBetween("catchUp", catchUp, 0, Integer.MAX_VALUE);
    }

    PaceSettings settings() {
        return PaceSettings.ofFramesPerSecond(fps).withLate(late).withCatchUp(catchUp);
    }
}
