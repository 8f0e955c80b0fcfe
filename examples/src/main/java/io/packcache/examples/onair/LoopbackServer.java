package io.packcache.examples.onair;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An RTMP server of one's own on this machine: nginx with its rtmp module, in a folder that goes when it does. */
public final class LoopbackServer implements AutoCloseable {

    private static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_rtmp_module.so");
    private static final long STARTS_WITHIN = TimeUnit.SECONDS.toNanos(20);

    private final int port;
    private final Path folder;
    private final Process process;

    /**
     * Starts the server on a free port.
     *
     * @throws IOException if it is not installed, or does not start
     */
    public LoopbackServer() throws IOException {
        if (!Files.isExecutable(NGINX) || !Files.exists(MODULE)) {
            throw new IOException("nginx and its rtmp module are not installed (Debian: apt-get install nginx"
                    + " libnginx-mod-rtmp); --to names a server of yours");
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        folder = Files.createTempDirectory("packcache-nginx");
        Path configuration =
                Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                master_process off;
                error_log %s/error.log;
                pid %s/nginx.pid;
                events { worker_connections 64; }
                rtmp { server { listen 127.0.0.1:%d; max_message 16M; application live { live on; } } }
                """.formatted(MODULE, folder, folder, port));
        process = new ProcessBuilder(List.of(NGINX.toString(), "-p", folder.toString(), "-c", configuration.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.log").toFile())
                .start();
        awaitStart();
    }

    private void awaitStart() throws IOException {
        long end = System.nanoTime() + STARTS_WITHIN;
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                String said = Files.readString(folder.resolve("out.log"));
                close();
                throw new IOException("nginx did not start: " + said.strip());
            }
            Thread.onSpinWait();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where to broadcast to. */
    public String address() {
        return "rtmp://127.0.0.1:" + port + "/live/soak";
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
