package io.packcache.kvcache.compute.cuda;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A device that is a process on the host: the kernels as a C++ compiler reads them, every thread of every block in turn. */
final class EmulatedDriver implements CudaDriver {

    private final Path errors;
    private final Process process;
    private final OutputStream commands;
    private final DataInputStream answers;
    private final ByteBuffer head = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1 << 16];
    private int graphs;
    private long launches;
    private long replays;
    private long uploads;
    private long downloads;
    private int pinned;
    private ByteBuffer fetching; // a copy under way, or null
    private long fetchedFrom;

    EmulatedDriver(Path program) {
        try {
            errors = Files.createTempFile("packcache-emulator", ".log");
            process = new ProcessBuilder(program.toString())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        commands = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
        answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    }

    /** Kernels started so far. */
    long launches() {
        return launches;
    }

    /** What was asked of the device so far. */
    Emulator.Traffic traffic() {
        return new Emulator.Traffic(launches, replays, uploads, downloads);
    }

    /** Allocations that were not freed. */
    long liveAllocations() {
        return ask(command('S'));
    }

    @Override
    public String description() {
        return "emulated device";
    }

    @Override
    public long allocate(long size) {
        return ask(command('A').putLong(size));
    }

    @Override
    public void free(long address) {
        sendHead(command('F').putLong(address));
    }

    @Override
    public void zero(long address, long size) {
        sendHead(command('Z').putLong(address).putLong(size));
    }

    @Override
    public void copy(long to, long from, long size) {
        sendHead(command('C').putLong(to).putLong(from).putLong(size));
    }

    @Override
    public void upload(long to, ByteBuffer source) {
        uploads++;
        int size = source.remaining();
        sendHead(command('U').putLong(to).putLong(size));
        send(source);
    }

    @Override
    public void download(ByteBuffer target, long from) {
        downloads++;
        int size = target.remaining();
        sendHead(command('D').putLong(from).putLong(size));
        try {
            commands.flush();
            reserve(size);
            answers.readFully(bytes, 0, size);
        } catch (IOException e) {
            throw dead(e);
        }
        target.put(bytes, 0, size);
    }

    @Override
    public ByteBuffer pin(int size) {
        pinned++;
        return ByteBuffer.allocateDirect(size);
    }

    @Override
    public void unpin(ByteBuffer buffer) {
        if (fetching != null) {
            throw new AssertionError("host memory is given back while the device writes to it");
        }
        pinned--;
    }

    /** The copy is made as late as it may be, so that what is read or written too early shows. */
    @Override
    public void fetch(ByteBuffer buffer, long from) {
        if (fetching != null) {
            throw new AssertionError("a copy begins before the last one was waited for");
        }
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 0xff);
        }
        fetching = buffer.clear();
        fetchedFrom = from;
    }

    @Override
    public void awaitFetch() {
        if (fetching != null) {
            download(fetching, fetchedFrom);
            fetching = null;
        }
    }

    @Override
    public void launch(String kernel, int gridX, int gridY, int threads, int sharedBytes, ByteBuffer arguments) {
        launches++;
        byte[] name = kernel.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer command = command('L').putInt(name.length).put(name);
        command.putInt(gridX).putInt(gridY).putInt(1).putInt(threads).putInt(sharedBytes);
        sendHead(command.putInt(arguments.remaining()));
        send(arguments);
    }

    @Override
    public long stream() {
        return 0;
    }

    @Override
    public void synchronize() {
        liveAllocations(); // an answer comes when everything before is done
    }

    @Override
    public void beginCapture() {
        sendHead(command('B'));
    }

    @Override
    public int endCapture() {
        sendHead(command('E'));
        return graphs++;
    }

    @Override
    public void replay(int graph) {
        replays++;
        sendHead(command('G').putInt(graph));
    }

    @Override
    public void forget(int graph) {
        // The process keeps what was recorded until it ends.
    }

    /** Ends the process; what was not freed by then is an error. */
    @Override
    public void close() {
        try {
            long left = process.isAlive() ? liveAllocations() : 0;
            commands.close();
            process.waitFor();
            Files.deleteIfExists(errors);
            if (left > 0 || pinned > 0) {
                throw new AssertionError(
                        left + " device allocations and " + pinned + " of pinned memory were never freed");
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private ByteBuffer command(char kind) {
        return head.clear().put((byte) kind);
    }

    /** Sends what is written down of a command. */
    private void sendHead(ByteBuffer command) {
        send(command.flip());
    }

    private void send(ByteBuffer buffer) {
        int size = buffer.remaining();
        reserve(size);
        buffer.get(bytes, 0, size);
        try {
            commands.write(bytes, 0, size);
        } catch (IOException e) {
            throw dead(e);
        }
    }

    private long ask(ByteBuffer command) {
        sendHead(command);
        try {
            commands.flush();
            return Long.reverseBytes(answers.readLong());
        } catch (IOException e) {
            throw dead(e);
        }
    }

    private void reserve(int size) {
        if (bytes.length < size) {
            bytes = new byte[size];
        }
    }

    /** The process stops at the first thing a kernel may not do, and says what it was. */
    private AssertionError dead(IOException cause) {
        try {
            process.waitFor();
            return new AssertionError("the emulated device stopped: " + Files.readString(errors), cause);
        } catch (IOException | InterruptedException e) {
            return new AssertionError("the emulated device stopped", e);
        }
    }
}
