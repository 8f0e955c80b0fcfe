package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A real server on loopback: nginx with its rtmp module, recording what it receives. */
final class RtmpServer implements AutoCloseable {

    private static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_rtmp_module.so");

    private static final Path STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Path folder;
    private final int port;
    private int tlsPort;
    private Process process;

    RtmpServer(Path folder) throws IOException {
        this.folder = folder;
        port = freePort();
        Files.createDirectories(folder.resolve("recorded"));
        Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                master_process off;
                worker_processes 1;
                error_log %s/error.log;
                pid %s/nginx.pid;
                events { worker_connections 64; }
                rtmp {
                    server {
                        listen 127.0.0.1:%d;
                        max_message 16M;
                        application live { live on; record all; record_path %s/recorded; record_unique on; }
                        application closed { live on; deny publish all; }
                    }
                }
                """.formatted(MODULE, folder, folder, port, folder));
    }

    /** A second entrance, encrypted, with the certificate {@code certificate.pem} and its {@code key.pem} of a folder. */
    RtmpServer withTls(Path certificates) throws IOException {
        tlsPort = freePort();
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, """
                load_module %s;
                %s
                stream {
                    server {
                        listen 127.0.0.1:%d ssl;
                        ssl_certificate %s/certificate.pem;
                        ssl_certificate_key %s/key.pem;
                        proxy_pass 127.0.0.1:%d;
                    }
                }
                """.formatted(
                        STREAM_MODULE, Files.readString(configuration), tlsPort, certificates, certificates, port));
        return this;
    }

    String tlsUrl(String application, String key) {
        return "rtmps://localhost:" + tlsPort + "/" + application + "/" + key;
    }

    /** Skips the test where nginx with its rtmp module is not installed, except in CI, where that is a failure. */
    static void mustBePresent() {
        boolean present = Files.isExecutable(NGINX) && Files.exists(MODULE) && Files.exists(STREAM_MODULE);
        if (System.getenv("CI") != null) {
            assertThat(present)
                    .as("nginx and its rtmp and stream modules are installed, as CI demands")
                    .isTrue();
        }
        Assumptions.assumeTrue(present, "skipped: nginx with its rtmp and stream modules is not installed");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    RtmpServer start() throws IOException {
        process = new ProcessBuilder(
                        NGINX.toString(),
                        "-p",
                        folder.toString(),
                        "-c",
                        folder.resolve("nginx.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.log").toFile())
                .start();
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(this::listens);
        return this;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    String url(String application, String key) {
        return "rtmp://127.0.0.1:" + port + "/" + application + "/" + key;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void signal(String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    /** What was recorded, oldest first. */
    List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("recorded"))) {
            return files.sorted().toList();
        }
    }

    /** The first recording under a key. */
    Path recording(String key) throws IOException {
        return recordings().stream()
                .filter(file -> file.getFileName().toString().startsWith(key))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            kill();
        }
    }
}
