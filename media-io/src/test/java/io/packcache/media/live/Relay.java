package io.packcache.media.live;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A stretch of network in front of a server: passes bytes both ways until it is cut, and can be cut with a reset. */
final class Relay implements AutoCloseable {

    private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int to;

    Relay(int to) throws IOException {
        this.to = to;
        start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Ends every connection the hard way: both sides get a TCP reset. */
    void reset() throws IOException {
        for (Socket socket : sockets) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
        sockets.clear();
    }

    private void accept() throws IOException {
        while (true) {
            Socket from = entrance.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
            sockets.add(from);
            sockets.add(server);
            start(() -> from.getInputStream().transferTo(server.getOutputStream()));
            start(() -> server.getInputStream().transferTo(from.getOutputStream()));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // cut
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        reset();
    }
}
