package io.packcache.examples.checkpoint;

import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.model.SamplingSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code config.json} says a folder is.
 *
 * @param summary in words
 * @param network shape of the transformer
 * @param codes picture codes it knows
 * @param withoutDefaults the model type, if what it generates must be said beside it
 * @param procedures how it makes a frame of so many rows and columns
 */
record ModelFamily(
        String summary, NetworkConfig network, int codes, Optional<String> withoutDefaults, Procedures procedures) {

    @FunctionalInterface
    interface Procedures {
        FrameProcedure of(int rows, int columns, SamplingSettings sampling);
    }

    static ModelFamily read(Path folder) throws CheckpointException {
        JsonFields fields = JsonFields.of(folder.resolve("config.json"));
        if (fields.has("model_type") && RasterConfig.MODEL_TYPES.contains(fields.text("model_type"))) {
            RasterConfig config = RasterConfig.read(folder);
            String type = fields.text("model_type");
            return new ModelFamily(
                    type + ", next token in raster order",
                    config.network(),
                    config.tokens().codeCount(),
                    Optional.of(type),
                    (rows, columns, sampling) -> FrameProcedure.raster(config, rows, columns, sampling));
        }
        ModelConfig config = ModelConfig.read(folder);
        return new ModelFamily(
                "Lumos-1 family, masked decoding",
                config.network(),
                config.tokens().codeCount(),
                Optional.empty(),
                (rows, columns, sampling) -> FrameProcedure.masked(config, rows, columns, sampling));
    }
}
