package io.packcache.examples.checkpoint;

import com.sun.management.OperatingSystemMXBean;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a model folder is, and whether a request would run here.
 *
 * @param lines the report
 * @param fits whether memory suffices
 */
public record Inspection(List<String> lines, boolean fits) {

    /**
     * Reads headers, forecasts the request and measures the machine for a second.
     *
     * @throws IOException if the folder is no model that can be run, naming every fault
     * @throws IllegalArgumentException if the model cannot make pictures of this size
     */
    public static Inspection of(
            Path folder,
            int width,
            int height,
            int latentFrames,
            SamplingSettings sampling,
            CompactionPolicy policy,
            Backend backend)
            throws IOException {
        List<String> lines = new ArrayList<>();
        JsonFields fields = JsonFields.of(folder.resolve("config.json"));
        if (fields.has("model_type") && RasterConfig.MODEL_TYPES.contains(fields.text("model_type"))) {
            NetworkConfig network = RasterConfig.read(folder).network();
            describe(folder, fields.text("model_type") + ", next token in raster order", network, lines);
            lines.add("cache         " + bytes(network.cacheShape().bytesPerToken()) + " a token and branch");
            return new Inspection(lines, true);
        }
        ModelConfig config = ModelConfig.read(folder);
        ModelFacts facts = describe(folder, "Lumos-1 family, masked decoding", config.network(), lines);
        RequestForecast.Request request = new RequestForecast.Request(width, height, latentFrames, sampling);
        RequestForecast forecast = RequestForecast.of(folder, config, facts, request, policy, backend);
        lines.add(String.format(
                Locale.ROOT,
                "request       %d x %d, %d latent frames, %d steps, guidance %s",
                width,
                height,
                latentFrames,
                sampling.steps(),
                sampling.guidance()));
        lines.add("tokens        " + forecast.frameTokens() + " a latent frame");
        lines.add("cache         " + bytes(forecast.frameCacheBytes()) + " a whole latent frame and branch");
        lines.add("memory        " + bytes(forecast.total()) + ": weights " + bytes(forecast.weights())
                + ", rows in the making " + bytes(forecast.activations()) + ", caches " + bytes(forecast.caches())
                + ", picture decoder " + bytes(forecast.pictures()) + ", Java " + bytes(RequestForecast.JAVA));
        double speed = MachineSpeed.operationsPerSecond(backend);
        lines.add(String.format(
                Locale.ROOT,
                "time          about %.1f s a latent frame (%.1f TFLOP at %.0f GFLOP/s, %s backend)",
                forecast.operations() / speed,
                forecast.operations() / 1e12,
                speed / 1e9,
                backend.name()));
        return new Inspection(lines, judge(forecast, lines));
    }

    private static ModelFacts describe(Path folder, String kind, NetworkConfig network, List<String> lines)
            throws IOException {
        ModelFacts facts = ModelFacts.read(folder, network);
        lines.add("model         " + kind + ", " + folder);
        lines.add(String.format(
                Locale.ROOT,
                "architecture  %d layers, %d channels, %d heads on %d KV heads of %d, gated unit %d, vocabulary %d",
                network.layers(),
                network.hidden(),
                network.heads(),
                network.kvHeads(),
                network.headSize(),
                network.intermediate(),
                network.vocabulary() + network.visionVocabulary()));
        lines.add(String.format(
                Locale.ROOT,
                "parameters    %.3f billion in %d tensors, %s",
                facts.parameters() / 1e9,
                facts.tensors().size(),
                bytes(facts.fileBytes())));
        facts.rows().forEach(row -> lines.add("  " + row));
        return facts;
    }

    private static boolean judge(RequestForecast forecast, List<String> lines) {
        long physical = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        long heap = Runtime.getRuntime().maxMemory();
        if (forecast.total() > physical) {
            lines.add(
                    "does not fit  it needs " + bytes(forecast.total()) + ", and this machine has " + bytes(physical));
            return false;
        }
        if (forecast.total() > heap) {
            lines.add("does not fit  Java may use " + bytes(heap) + " here; give it more: PACKCACHE_JAVA_OPTS=-Xmx"
                    + ((forecast.total() >> 30) + 1) + "g");
            return false;
        }
        lines.add("fits          " + bytes(physical) + " in this machine, of which Java may use " + bytes(heap));
        return true;
    }

    private static String bytes(long bytes) {
        return bytes < 10L << 20
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
    }
}
