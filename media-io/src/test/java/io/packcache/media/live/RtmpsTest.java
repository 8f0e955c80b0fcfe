package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.IMPATIENT;
import static io.packcache.media.live.Broadcast.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may receive an encrypted broadcast: a server whose certificate this Java trusts, for the name in the address. */
class RtmpsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    /** A broadcast in a process that trusts what it is told to. */
    static final class Subject {

        public static void main(String[] arguments) throws Exception {
            Broadcast broadcast = new Broadcast();
            LiveSink sink = new LiveSink(arguments[0], IMPATIENT, broadcast);
            try {
                broadcast.write(sink, 25);
                sink.close();
            } catch (SinkException e) {
                System.out.println(e.getMessage());
            }
            System.out.println(sink.statistics());
        }
    }

    @Test
    void aServerThatJavaTrustsReceivesAll() throws Exception {
        assertThat(broadcastTo("localhost", true)).contains("sent=25, dropped=0");
    }

    @Test
    void aServerThatNobodyVouchesForGetsNoKey() throws Exception {
        assertThat(broadcastTo("localhost", false))
                .contains("sent=0")
                .contains("gave up the broadcast to rtmps://")
                .contains("certificate verify failed");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        assertThat(broadcastTo("elsewhere.example", true)).contains("sent=0");
    }

    /** What a broadcast to a server that shows a certificate for {@code name} prints. */
    private String broadcastTo(String name, boolean trusted) throws Exception {
        RtmpServer.mustBePresent();
        Path store = makeCertificate(name);
        try (RtmpServer server = new RtmpServer(folder).withTls(folder).start()) {
            List<String> options = trusted
                    ? List.of(
                            "-Djavax.net.ssl.trustStore=" + store,
                            "-Djavax.net.ssl.trustStorePassword=" + new String(PASSWORD))
                    : List.of();
            Process subject = ChildJvm.of(Subject.class, options, server.tlsUrl("live", KEY))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(subject.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(subject.waitFor()).as(said).isZero();
            assertThat(said).doesNotContain(KEY);
            assertThat(server.recordings().isEmpty()).isEqualTo(said.contains("sent=0"));
            return said;
        }
    }

    /** Makes a certificate and its key, as the server wants them, and a store that vouches for it; returns the store. */
    private Path makeCertificate(String name) throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=DNS:" + name,
                        "-ext",
                        "BC=ca:true",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        pem("certificate.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        pem("key.pem", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
        return trusting(keys);
    }

    private Path trusting(KeyStore keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        Path store = folder.resolve("trusted.p12");
        try (var out = Files.newOutputStream(store)) {
            trusted.store(out, PASSWORD);
        }
        return store;
    }

    private void pem(String file, String kind, byte[] content) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
