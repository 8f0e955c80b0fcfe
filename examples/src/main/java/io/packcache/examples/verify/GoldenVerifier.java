package io.packcache.examples.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SpecialTokens;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the engine with everything a golden folder holds. A folder may hold any part of the format; what it holds is
 * checked, what it lacks is not missed, and a folder with nothing to check is an error.
 */
public final class GoldenVerifier {

    private final Path folder;
    private final Path model;
    private final Backend backend;
    private final Checks checks;
    private final List<String> unchecked = new ArrayList<>();

    private GoldenVerifier(Path folder, Path model, Backend backend) {
        this.folder = folder;
        this.model = model;
        this.backend = backend;
        this.checks = new Checks(backend.cacheFormat());
    }

    /**
     * What came of a folder.
     *
     * @param checks every comparison, at least one
     * @param unchecked tensors that nothing was compared with, by file and name
     */
    public record Report(List<Check> checks, List<String> unchecked) {

        /** Whether every comparison is within its limit. */
        public boolean passed() {
            return checks.stream().allMatch(Check::passed);
        }
    }

    /**
     * Makes all comparisons that a folder allows.
     *
     * @param folder golden numbers
     * @param model {@code config.json} and weights of the model that made them; the same folder unless they lie apart
     * @throws IOException if the folder holds nothing to check, or a file is absent that another one needs, or one is
     *     damaged; the message names it
     */
    public static Report verify(Path folder, Path model, Backend backend) throws IOException {
        for (Path path : List.of(folder, model)) {
            if (!Files.isDirectory(path)) {
                throw new CheckpointException(path + " is not a folder");
            }
        }
        try {
            return new GoldenVerifier(folder, model, backend).run();
        } catch (RuntimeException e) {
            // Numbers that are well-formed but contradict each other are found where they meet, deep in the engine.
            throw new CheckpointException(folder + " cannot be checked: " + e.getMessage(), e);
        }
    }

    private Report run() throws IOException {
        layout();
        if (Files.exists(folder.resolve("schedule.json"))) {
            new ScheduleChecks(checks, folder.resolve("schedule.json")).check();
        }
        model();
        cosmos();
        if (Files.exists(folder.resolve(PatchCodebookChecks.FILE))) {
            try (GoldenFile file = new GoldenFile(folder.resolve(PatchCodebookChecks.FILE))) {
                new PatchCodebookChecks(checks, file).check(model, backend);
                noteUnused(PatchCodebookChecks.FILE, file);
            }
        }
        if (checks.list().isEmpty()) {
            throw new CheckpointException(
                    folder + " holds nothing to check: no goldens.safetensors, layout.safetensors,"
                            + " rebase*.safetensors, schedule.json or cosmos*-weights.safetensors with numbers beside it");
        }
        return new Report(checks.list(), List.copyOf(unchecked));
    }

    private void layout() throws IOException {
        Path path = folder.resolve("layout.safetensors");
        if (!Files.exists(path)) {
            return;
        }
        boolean configured = Files.exists(model.resolve("config.json"));
        SpecialTokens tokens = configured ? ModelConfig.read(model).tokens() : SpecialTokens.LUMOS;
        double theta = configured ? ModelConfig.read(model).network().theta() : LayoutChecks.REAL_THETA;
        try (GoldenFile file = new GoldenFile(path)) {
            new LayoutChecks(checks, backend).layoutFile(file, tokens, theta);
            noteUnused("layout.safetensors", file);
        }
    }

    private void model() throws IOException {
        Path goldens = folder.resolve("goldens.safetensors");
        List<Path> rebases = matching("rebase*.safetensors");
        if (!Files.exists(goldens) && rebases.isEmpty()) {
            return;
        }
        ModelConfig config = ModelConfig.read(model);
        Path first = Files.exists(goldens) ? goldens : rebases.get(0);
        try (Engine engine = new Engine(model, config, grid(config, first), backend)) {
            if (Files.exists(goldens)) {
                try (GoldenFile file = new GoldenFile(goldens)) {
                    forwards(file, engine);
                    noteUnused("goldens.safetensors", file);
                }
            }
            for (Path rebase : rebases) {
                String name = rebase.getFileName().toString();
                try (GoldenFile file = new GoldenFile(rebase)) {
                    new RebaseChecks(checks, file, name.replace("safetensors", ""), engine).check();
                    noteUnused(name, file);
                }
            }
        }
    }

    private void forwards(GoldenFile file, Engine engine) throws IOException {
        LayoutChecks layout = new LayoutChecks(checks, backend);
        FullChecks sequences = new FullChecks(checks, layout, file, engine);
        if (file.has("history_mask_pattern")) {
            layout.historyPattern(file, "history_mask_pattern", engine.grid());
        }
        try (RunChecks runs = new RunChecks(checks, file, engine)) {
            runs.check(calls(file));
            runs.guidance();
            if (file.has("full.input_ids")) {
                try (FullChecks.Result full = sequences.check("full.")) {
                    runs.cachedEqualsFull("full.", full);
                    new PrunedChecks(checks, file, engine).check(full);
                }
            }
            if (file.has("uncond.input_ids")) {
                try (FullChecks.Result uncond = sequences.check("uncond.")) {
                    runs.cachedEqualsFull("uncond.", uncond);
                }
            }
        }
    }

    /** A file without incremental forwards needs no list of them. */
    private List<GoldenCall> calls(GoldenFile file) throws IOException {
        boolean incremental = file.names().stream().anyMatch(name -> name.matches(".+\\.f\\d+\\.\\w+\\.input_ids"));
        return incremental ? GoldenCall.read(folder.resolve("calls.json")) : List.of();
    }

    /** The frames' shape: as config.json says, in codes or in grid units, or as the first frame of a sequence shows. */
    private FrameGrid grid(ModelConfig config, Path file) throws IOException {
        JsonNode video = StrictJson.parse(model.resolve("config.json")).path("tiny_video");
        if (video.path("rows").isInt() && video.path("cols").isInt()) {
            return config.grid(video.path("rows").intValue(), video.path("cols").intValue());
        }
        if (video.path("h_grids").isInt() && video.path("w_grids").isInt()) {
            int height = Math.multiplyExact(video.path("h_grids").intValue(), config.gridUnit());
            int width = Math.multiplyExact(video.path("w_grids").intValue(), config.gridUnit());
            return config.grid(height / ModelConfig.CELL_PIXELS, width / ModelConfig.CELL_PIXELS);
        }
        try (GoldenFile goldens = new GoldenFile(file)) {
            for (String name : goldens.names()) {
                Optional<FrameGrid> grid = name.endsWith("input_ids")
                        ? SequenceReader.gridOf(
                                goldens.indices(name, -1, config.network().vocabulary()), config.tokens())
                        : Optional.empty();
                if (grid.isPresent()) {
                    return grid.get();
                }
            }
        }
        throw new CheckpointException(file + " holds no whole frame, and config.json no tiny_video.rows and .cols");
    }

    /** Numbers go with the weights of their name, or with the only weights there are. */
    private void cosmos() throws IOException {
        List<Path> weights = matching("cosmos*-weights.safetensors");
        List<Path> numbers = matching("cosmos*.safetensors");
        numbers.removeAll(weights);
        for (Path goldens : numbers) {
            String name = goldens.getFileName().toString().replace(".safetensors", "");
            Path own = folder.resolve(name + "-weights.safetensors");
            if (!weights.contains(own) && weights.size() != 1) {
                throw new CheckpointException(own + " is missing: it holds the weights that made " + goldens);
            }
            try (GoldenFile file = new GoldenFile(goldens)) {
                new CosmosChecks(checks, file, name + ".").check(weights.contains(own) ? own : weights.get(0), backend);
                noteUnused(goldens.getFileName().toString(), file);
            }
        }
    }

    private List<Path> matching(String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    private void noteUnused(String name, GoldenFile file) {
        file.unused().forEach(tensor -> unchecked.add(name + ": " + tensor));
    }
}
