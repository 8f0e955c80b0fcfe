package io.packcache.stream.session;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.RasterConfig;
import java.io.IOException;
import java.nio.file.Path;

/** Finds the family of a model folder. */
final class FrameGenerators {

    private FrameGenerators() {}

    /** Loads the generator that {@code model_type} in {@code config.json} names; one that names none is a Lumos-1. */
    static FrameGenerator load(Path folder, Backend backend) throws IOException {
        JsonFields fields = JsonFields.of(folder.resolve("config.json"));
        if (fields.has("model_type") && RasterConfig.MODEL_TYPES.contains(fields.text("model_type"))) {
            GenerationDefaults.requireStated(folder, fields.text("model_type"));
            return RasterGenerator.load(folder, backend);
        }
        return LumosGenerator.load(folder, backend);
    }
}
