package io.packcache.examples.docs;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheSink.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's code is this code, and it runs. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");

    @TempDir
    private Path folder;

    @Test
    void theReactorSnippetWritesAFile() throws IOException {
        Path model = ROOT.resolve("examples/models/demo");
        Path file = folder.resolve("red.mp4");

        reactor(model, file);

        assertThat(file).isNotEmptyFile();
    }

    private static void reactor(Path folder, Path file) throws IOException {
        // snippet: reactor
        try (Backend backend = Backends.best();
                VideoModel model = VideoModel.load(folder, backend);
                Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withSize(512, 512))) {
            PackcacheFlux.generate(model, model.request("a red circle moves right"))
                    .transform(packCache(PackCache.defaults()))
                    .transform(pictures())
                    .as(to(sink))
                    .block();
        }
        // end
    }

    @Test
    void theSettingsInTheReadmeAreTheDefaults() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        int from = readme.indexOf("```json") + "```json".length();
        String json = readme.substring(from, readme.indexOf("```", from));

        assertThat(PolicyPresets.parse(json)).isEqualTo(PackCache.defaults());
        assertThat(json).containsIgnoringWhitespaces(PolicyPresets.toJson(PackCache.defaults()));
    }

    @Test
    void theSnippetInTheReadmeIsTheCodeTested() throws IOException {
        List<String> code = Files.readAllLines(Path.of("src/test/java/io/packcache/examples/docs/ReadmeTest.java"));
        int from = code.indexOf("        // snippet: reactor") + 1;
        String snippet = code.subList(from, code.subList(from, code.size()).indexOf("        // end") + from).stream()
                .map(line -> line.substring(Math.min(8, line.length())))
                .collect(Collectors.joining("\n"));

        assertThat(Files.readString(ROOT.resolve("README.md"))).contains(snippet);
    }
}
