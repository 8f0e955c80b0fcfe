package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command line as its user meets it: what it writes, what it says, how it ends. */
class CommandLineTest {

    private static final String PROMPT = "a red circle moves right";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void findTheShippedModel() {
        System.setProperty("packcache.home", Path.of("..").toAbsolutePath().toString());
    }

    @Test
    void renderWritesAsManyPicturesAsAskedFor() throws IOException {
        Path file = folder.resolve("red.mp4");

        assertThat(render(file, "--frames", "6")).isZero();

        assertThat(Videos.pictures(file)).hasSize(6);
        assertThat(out.toString()).contains("red.mp4: 6 pictures").contains("packcache");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSamePicturesAndAnotherSeedOthers() throws IOException {
        Path first = folder.resolve("first.mp4");
        Path again = folder.resolve("again.mp4");
        Path other = folder.resolve("other.mp4");

        render(first, "--latent-frames", "3", "--seed", "5");
        render(again, "--latent-frames", "3", "--seed", "5");
        render(other, "--latent-frames", "3", "--seed", "6");

        assertThat(Videos.pictures(again)).isEqualTo(Videos.pictures(first));
        assertThat(Videos.pictures(other)).isNotEqualTo(Videos.pictures(first));
    }

    @Test
    void aGivenImageIsTheFirstPicture() throws IOException {
        Path image = Videos.solidPng(folder.resolve("blue.png"), 0x1030E0);
        Path file = folder.resolve("continued.mp4");

        assertThat(render(file, "--latent-frames", "2", "--image", image.toString(), "--size", "64x64"))
                .isZero();

        int centre = Videos.pixel(Videos.pictures(file).get(0), 64, 32, 32);
        assertThat(centre & 0xFF).as("blue of the first picture").isGreaterThan(120);
        assertThat((centre >> 16) & 0xFF).as("red of the first picture").isLessThan(90);
    }

    @Test
    void compareWritesATableAContactSheetAndAReportMeasuredAgainstTheTruth() throws IOException {
        int code = run(
                "compare",
                "--prompt",
                PROMPT,
                "--latent-frames",
                "3",
                "--steps",
                "2",
                "--policies",
                "full,packcache+int8",
                "--clips",
                "1",
                "--out",
                folder.resolve("sheet").toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("full").contains("packcache").contains("100.0%");
        assertThat(folder.resolve("sheet/compare.png")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("sheet/report.html")))
                .contains("<h2>Kept attention</h2>", "<h2>Object error</h2>", "packcache+int8");
        assertThat(Files.readString(folder.resolve("sheet/report.json"))).contains("\"policy\" : \"packcache+int8\"");
    }

    @Test
    void aBudgetThatIsNoneIsRefusedBeforeAnythingIsGenerated() {
        assertThat(run("compare", "--budget", "-1")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--budget -1 is no budget; give frames' worth above 0, auto or own");
    }

    @Test
    void evaluateJudgesHeldOutClips() throws IOException {
        Path folderOut = folder.resolve("judged");
        assertThat(run(
                        "evaluate",
                        "--clips=1",
                        "--attention=1",
                        "--endless=1x2",
                        "--showcase=0",
                        "--steps=2",
                        "--policies=full,packcache",
                        "--out",
                        folderOut.toString()))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("nats, codes that moved")
                .contains("in its place")
                .contains("as the captions say")
                .contains("packcache from latent frame 0");
        assertThat(folderOut.resolve("showcase.png")).isNotEmptyFile();
        assertThat(folderOut.resolve("showcase.mp4")).isNotEmptyFile();
        assertThat(Files.readString(folderOut.resolve("evaluation.html")))
                .contains("<h2>Attention by layer and head, full cache</h2>", "<h2>Kept codes</h2>");
        JsonNode json =
                new ObjectMapper().readTree(folderOut.resolve("evaluation.json").toFile());
        for (JsonNode shares : json.get("attention")) {
            double all = shares.get("text").asDouble()
                    + shares.get("condition").asDouble()
                    + shares.get("markers").asDouble()
                    + shares.get("own").asDouble();
            // Of 12 frames after the given one, 12 - d have a generated frame d before.
            for (int d = 1; d < 12; d++) {
                all += shares.get("byDistance").get(d - 1).asDouble() * (12 - d) / 12;
            }
            assertThat(all).isEqualTo(1, within(1e-4));
        }
        assertThat(folderOut.resolve("evaluation.md")).content().contains("| against full |", "| packcache |");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void aBadRequestIsOneSentenceAndExitCode2AndLeavesNothing(String name, List<String> arguments, String sentence)
            throws IOException {
        Files.writeString(folder.resolve("wrong.json"), "{\"policy\": \"packcache\", \"rhoo\": 0.5}");
        Files.writeString(folder.resolve("text.png"), "no picture");
        Files.createDirectory(folder.resolve("empty"));
        List<String> before = listing();

        int code = run(arguments.stream()
                .map(argument -> argument.replace("DIR", folder.toString()))
                .toArray(String[]::new));

        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains(sentence).doesNotContain("\tat ");
        assertThat(err.toString().lines().filter(line -> line.startsWith("packcache: ")))
                .isNotEmpty();
        assertThat(listing()).isEqualTo(before);
    }

    private static Stream<Arguments> badRequests() {
        return Stream.of(
                bad("a word the model does not know", "zebra", "--prompt", "a red zebra moves right"),
                bad("an empty prompt", "empty", "--prompt", " "),
                bad("no pictures", "--frames 0", "--prompt", PROMPT, "--frames", "0"),
                bad("two lengths", "mutually exclusive", "--prompt", PROMPT, "--frames", "5", "--seconds", "1"),
                bad("an unknown policy", "no policy \"pack\"", "--prompt", PROMPT, "--policy", "pack"),
                bad("a wrong field in a policy file", "rhoo", "--prompt", PROMPT, "--policy", "DIR/wrong.json"),
                bad("an image that is text", "text.png", "--prompt", PROMPT, "--image", "DIR/text.png"),
                bad("an image that is absent", "none.png", "--prompt", PROMPT, "--image", "DIR/none.png"),
                bad("no model folder", "DIR-none", "--prompt", PROMPT, "--model", "DIR-none"),
                bad("a folder that is no model", "config.json", "--prompt", PROMPT, "--model", "DIR/empty"),
                bad("an unknown backend", "abacus", "--prompt", PROMPT, "--backend", "abacus"),
                bad("no steps", "steps", "--prompt", PROMPT, "--steps", "0"),
                bad("a size without a height", "512", "--prompt", PROMPT, "--size", "512"),
                judge("more videos than clips", "--videos 3 must be 0 to --clips", "--clips=2", "--videos=3"),
                judge("an endless run without a length", "as in 2x1000", "--endless=2"),
                judge("pictures without a place", "say where they go with --out", "--showcase=0"),
                judge("a policy file taken for a study", "$.rhoo", "--study=DIR/wrong.json"),
                judge("an unknown world", "no world \"mars\"; name one of one, full", "--world=mars"),
                judge("returns where nothing hides", "--returning: nothing is ever out of sight", "--returning"));
    }

    private static Arguments judge(String name, String sentence, String... options) {
        return Arguments.of(
                name, Stream.concat(Stream.of("evaluate"), Stream.of(options)).toList(), sentence);
    }

    private static Arguments bad(String name, String sentence, String... options) {
        List<String> arguments = Stream.concat(Stream.of("render", "--out", "DIR/bad.mp4"), Stream.of(options))
                .toList();
        return Arguments.of(name, arguments, sentence.replace("DIR", ""));
    }

    @Test
    void anExistingFileIsRefusedAndKept() throws IOException {
        Path file = Files.writeString(folder.resolve("red.mp4"), "precious");

        assertThat(render(file, "--frames", "2")).isEqualTo(2);

        assertThat(file).hasContent("precious");
        assertThat(err.toString()).contains("red.mp4").contains("--overwrite");
    }

    @Test
    void overwriteReplacesAnExistingFile() throws IOException {
        Path file = Files.writeString(folder.resolve("red.mp4"), "not precious");

        assertThat(render(file, "--frames", "2", "--overwrite"))
                .as(err.toString())
                .isZero();

        assertThat(Videos.pictures(file)).hasSize(2);
    }

    @Test
    void severalPlacesGetTheSamePicturesAndAClipIsGoneOnFrom() throws IOException {
        Path film = folder.resolve("film.mp4");
        Path moving = folder.resolve("film.gif");
        assertThat(render(film, "--frames", "13", "--out", moving.toString())).isZero();
        assertThat(Videos.pictures(film)).hasSize(13);
        assertThat(moving).isNotEmptyFile();
        assertThat(out.toString()).contains("film.mp4").contains("film.gif: 13 pictures");

        Path longer = folder.resolve("longer.mp4");
        assertThat(render(longer, "--frames", "9", "--clip", film.toString(), "--clip-latent-frames", "2"))
                .isZero();
        assertThat(Videos.pictures(longer)).hasSize(9);
    }

    @Test
    void helpNamesEveryCommandAndAFirstStep() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString())
                .contains("render", "compare", "evaluate", "verify")
                .contains("a red circle moves right");
    }

    @Test
    void everyCommandIsFoundByItsOwnNameWithoutTheOthers() {
        assertThat(Main.commandLine().getSubcommands().keySet())
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> {
                    assertThat(Main.commandLine(name).getSubcommands()).containsOnlyKeys(name);
                });
    }

    private int render(Path file, String... options) {
        Stream<String> fixed = Stream.of("render", "--prompt", PROMPT, "--steps", "2", "--out", file.toString());
        return run(Stream.concat(fixed, Stream.of(options)).toArray(String[]::new));
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine(arguments);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }
}
