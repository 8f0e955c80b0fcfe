package io.packcache.examples.checkpoint;

import com.sun.management.OperatingSystemMXBean;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import io.packcache.stream.tokenizer.TextTokenizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes an {@link Inspection}. */
final class Inspector {

    private final Path folder;
    private final Inspection.Request request;
    private final CompactionPolicy policy;
    private final Backend backend;
    private final List<String> lines = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private boolean drawsPictures;

    Inspector(Path folder, Inspection.Request request, CompactionPolicy policy, Backend backend) {
        this.folder = folder;
        this.request = request;
        this.policy = policy;
        this.backend = backend;
    }

    Inspection inspect() throws IOException {
        ModelFamily family = ModelFamily.read(folder);
        ModelFacts facts = ModelFacts.read(folder, family.network());
        describe(family, facts);
        int side = checkWhatIsBeside(family);
        FrameProcedure procedure =
                family.procedures().of(cells(request.height(), side), cells(request.width(), side), request.sampling());
        RequestForecast forecast = forecast(procedure, facts);
        Inspection.Verdict verdict = judgeMemory(forecast);
        faults.forEach(fault -> line("cannot run", "%s", fault));
        return new Inspection(List.copyOf(lines), faults.isEmpty() ? verdict : Inspection.Verdict.INCOMPLETE);
    }

    private void describe(ModelFamily family, ModelFacts facts) {
        NetworkConfig network = family.network();
        line("model", "%s, %s", family.summary(), folder);
        line(
                "architecture",
                "%d layers, %d channels, %d heads on %d KV heads of %d, gated unit %d, vocabulary %d",
                network.layers(),
                network.hidden(),
                network.heads(),
                network.kvHeads(),
                network.headSize(),
                network.intermediate(),
                network.vocabulary() + network.visionVocabulary());
        line(
                "parameters",
                "%.3f billion in %d tensors, %s",
                facts.parameters() / 1e9,
                facts.tensors().size(),
                bytes(facts.fileBytes()));
        facts.rows().forEach(row -> lines.add("  " + row));
    }

    /** Notes what else would keep the folder from running; returns the pixels on a side of a code's cell. */
    private int checkWhatIsBeside(ModelFamily family) {
        family.withoutDefaults().ifPresent(type -> note(() -> GenerationDefaults.requireStated(folder, type)));
        note(() -> checkTokenizer(family.network().vocabulary()));
        try (PictureTokenizer pictures = PictureTokenizers.load(folder, backend, family.codes())) {
            drawsPictures = true;
            return pictures.spatialFactor();
        } catch (IOException e) {
            faults.add(e.getMessage());
            return ModelConfig.CELL_PIXELS;
        }
    }

    private void checkTokenizer(int vocabulary) throws IOException {
        try (TextTokenizer text = TextTokenizer.load(folder, vocabulary)) {
            GenerationDefaults.read(folder).requireKnown(folder, prompt -> text.encode(prompt, Integer.MAX_VALUE));
        }
    }

    private interface Check {
        void run() throws IOException;
    }

    private void note(Check check) {
        try {
            check.run();
        } catch (IOException e) {
            faults.add(e.getMessage());
        }
    }

    private static int cells(int pixels, int side) {
        if (pixels % side != 0) {
            throw new IllegalArgumentException(
                    "width and height must be multiples of " + side + " for this model, got " + pixels);
        }
        return pixels / side;
    }

    private RequestForecast forecast(FrameProcedure procedure, ModelFacts facts) throws IOException {
        FrameGrid grid = procedure.grid();
        PictureDecoderForecast pictures = drawsPictures
                ? PictureDecoderForecast.of(folder, grid.rows(), grid.columns(), request.latentFrames())
                : PictureDecoderForecast.NONE;
        RequestForecast forecast =
                RequestForecast.of(procedure, facts, pictures, request.latentFrames(), policy, backend);
        line(
                "request",
                "%d x %d, %d latent frames, %d steps, guidance %s",
                request.width(),
                request.height(),
                request.latentFrames(),
                request.sampling().steps(),
                request.sampling().guidance());
        line(
                "tokens",
                "%d a latent frame, at most %d in sequence; the model was trained on %d",
                forecast.frameTokens(),
                forecast.positions(),
                procedure.network().maxPositions());
        line("cache", "%s a whole latent frame and branch", bytes(forecast.frameCacheBytes()));
        line(
                "memory",
                "%s: weights %s, rows in the making %s, caches %s, picture decoder %s, Java %s",
                bytes(forecast.total()),
                bytes(forecast.weights()),
                bytes(forecast.activations()),
                bytes(forecast.caches()),
                bytes(forecast.pictures()),
                bytes(RequestForecast.JAVA));
        if (faults.isEmpty()) {
            time(procedure, facts, forecast);
        }
        return forecast;
    }

    private void time(FrameProcedure procedure, ModelFacts facts, RequestForecast forecast) {
        double speed = MachineSpeed.operationsPerSecond(backend, facts.format(), procedure.productRows());
        double pictureSpeed = procedure.productRows() >= MachineSpeed.MANY_ROWS
                ? speed
                : MachineSpeed.operationsPerSecond(backend, facts.format(), MachineSpeed.MANY_ROWS);
        double pictures = forecast.pictureOperations() / pictureSpeed;
        line(
                "time",
                "about %.1f s a latent frame, %.1f s of it for its pictures (%.1f TFLOP at %.0f GFLOP/s, %s backend)",
                forecast.operations() / speed + pictures,
                pictures,
                (forecast.operations() + forecast.pictureOperations()) / 1e12,
                speed / 1e9,
                backend.name());
    }

    private Inspection.Verdict judgeMemory(RequestForecast forecast) {
        long physical = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        long heap = Runtime.getRuntime().maxMemory();
        if (forecast.total() > physical) {
            line("does not fit", "it needs %s, and this machine has %s", bytes(forecast.total()), bytes(physical));
            return Inspection.Verdict.TOO_LARGE;
        }
        if (forecast.total() > heap) {
            line(
                    "does not fit",
                    "Java may use %s here; give it more: PACKCACHE_JAVA_OPTS=-Xmx%dg",
                    bytes(heap),
                    (forecast.total() >> 30) + 1);
            return Inspection.Verdict.TOO_LARGE;
        }
        line("fits", "%s in this machine, of which Java may use %s", bytes(physical), bytes(heap));
        return Inspection.Verdict.FITS;
    }

    private void line(String name, String pattern, Object... values) {
        lines.add(String.format(Locale.ROOT, "%-14s", name) + String.format(Locale.ROOT, pattern, values));
    }

    private static String bytes(long bytes) {
        return bytes < 10L << 20
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
    }
}
