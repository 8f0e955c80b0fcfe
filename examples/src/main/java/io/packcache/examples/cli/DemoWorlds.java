package io.packcache.examples.cli;

import io.packcache.examples.world.WorldOptions;
import io.packcache.stream.session.GenerationDefaults;
import java.util.stream.Stream;

/** Which demo world a model was made for. */
final class DemoWorlds {

    private DemoWorlds() {}

    /** The world of a name; without one, the model's. */
    static WorldOptions of(String name, GenerationDefaults defaults) {
        try {
            return name == null ? of(defaults) : WorldOptions.named(name);
        } catch (IllegalArgumentException unknown) {
            throw new UserError("--world: " + unknown.getMessage(), unknown);
        }
    }

    /** The world whose pictures are as large as the model's. */
    static WorldOptions of(GenerationDefaults defaults) {
        return Stream.of(WorldOptions.oneObject(), WorldOptions.large())
                .filter(world -> world.geometry().side() == defaults.width()
                        && world.geometry().side() == defaults.height())
                .findFirst()
                .orElseThrow(
                        () -> new UserError("the demo world is drawn in 64 x 64 and 128 x 128 pixels; this model makes "
                                + defaults.width() + " x " + defaults.height()));
    }
}
