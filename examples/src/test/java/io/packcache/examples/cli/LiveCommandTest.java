package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A broadcast as its user meets it: what is typed, what is said, what arrives. */
class LiveCommandTest {

    private static final String PROMPT = "a red circle moves right";

    @TempDir
    private Path folder;

    private final InputStream keyboard = System.in;
    private final PrintStream screen = System.err;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void findTheShippedModel() {
        System.setProperty("packcache.home", Path.of("..").toAbsolutePath().toString());
    }

    @AfterEach
    void giveTheStandardStreamsBack() {
        System.setIn(keyboard);
        System.setErr(screen);
    }

    @Test
    void whatIsTypedIsShownAndEveryPictureArrives() throws Exception {
        Path received = folder.resolve("received.ts");
        int code;
        try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver.setReceiveBufferSize(1 << 22);
            Thread recording = new Thread(() -> record(receiver, received));
            recording.start();
            code = run(
                    "a blue square moves left\n\na zebra\n",
                    "live",
                    "--prompt",
                    PROMPT,
                    "--to",
                    "udp://127.0.0.1:" + receiver.getLocalPort(),
                    "--fps",
                    "8",
                    "--seconds",
                    "2",
                    "--steps",
                    "2");
            receiver.close();
            recording.join();
        }
        String said = shown.toString(StandardCharsets.UTF_8);
        assertThat(code).as(err + said).isZero();
        assertThat(said)
                .contains("live at udp://127.0.0.1:")
                .contains("not shown: a zebra (the model does not know \"zebra\"");
        assertThat(out.toString()).contains("16 pictures sent in 0:0").contains("0 dropped, one connection");
        assertThat(Videos.pictures(received)).hasSize(16);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--to rtmp://host/hush | no application or no stream key",
                "--to http://host/app/hush | begins with none of rtmp://",
                "--to udp://127.0.0.1:9 --fps 0 | --fps is 1 to 120, got 0",
                "--to udp://127.0.0.1:9 --seconds 0 | --seconds is more than 0, got 0.0",
                "--to udp://127.0.0.1:9 --switch fade | RECACHE, RESET",
                "--to udp://127.0.0.1:9 --settings DIR/live.json | deadlines.rite"
            })
    void aBadRequestIsOneSentenceAndExitCode2AndNamesNoKey(String options, String sentence) throws IOException {
        Files.writeString(folder.resolve("live.json"), "{\"deadlines\": {\"rite\": \"5s\"}}");
        String[] given = options.replace("DIR", folder.toString()).split(" ");
        int code = run(
                "",
                Stream.concat(Stream.of("live", "--prompt", PROMPT), Stream.of(given))
                        .toArray(String[]::new));
        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains(sentence).doesNotContain("hush").doesNotContain("\tat ");
    }

    private int run(String typed, String... arguments) {
        System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
        System.setErr(new PrintStream(shown, true, StandardCharsets.UTF_8));
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private static void record(DatagramSocket receiver, Path file) {
        DatagramPacket datagram = new DatagramPacket(new byte[2048], 2048);
        try (OutputStream recording = Files.newOutputStream(file)) {
            while (true) {
                receiver.receive(datagram);
                recording.write(datagram.getData(), 0, datagram.getLength());
            }
        } catch (SocketException e) {
            // closed: all was received
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
