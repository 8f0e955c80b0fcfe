package io.packcache.stream.session;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.RasterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the family of a model folder. */
final class FrameGenerators {

    private FrameGenerators() {}

    /** Loads the generator that {@code model_type} in {@code config.json} names; one that names none is a Lumos-1. */
    static FrameGenerator load(Path folder, Backend backend) throws IOException {
        JsonFields fields = JsonFields.of(folder.resolve("config.json"));
        if (fields.has("model_type") && RasterConfig.MODEL_TYPES.contains(fields.text("model_type"))) {
            if (!Files.exists(folder.resolve(GenerationDefaults.FILE))) {
                throw new CheckpointException(folder + " holds no " + GenerationDefaults.FILE + ", and a model of type "
                        + fields.text("model_type") + " has no defaults: it must say size, length and sampling");
            }
            return RasterGenerator.load(folder, backend);
        }
        return LumosGenerator.load(folder, backend);
    }
}
