package io.packcache.stream.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file by position. Through streams rather than a channel, which an interrupted thread would close for everybody;
 * and copied rather than mapped, because pages once touched would count as this process's memory beside what is made of
 * them.
 */
final class FileBytes implements AutoCloseable {

    /** Bytes read at a time; a multiple of every element size. */
    private static final int PIECE = 1 << 18;

    private final Path path;
    private final RandomAccessFile file;
    private final long size;

    private FileBytes(Path path, RandomAccessFile file) throws IOException {
        this.path = path;
        this.file = file;
        this.size = file.length();
    }

    static FileBytes open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + " does not exist or is not a file");
        }
        try {
            return new FileBytes(path, new RandomAccessFile(path.toFile(), "r"));
        } catch (FileNotFoundException e) {
            throw new CheckpointException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    /** Bytes of the file when it was opened. */
    long size() {
        return size;
    }

    /** Reads {@code count} bytes from {@code position} on, little-endian. */
    ByteBuffer read(long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        read(position, bytes, count);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads numbers of at most 32 bits, widened to float32. */
    void floats(ElementType type, long position, int count, float[] target, int at) throws IOException {
        byte[] piece = new byte[Math.min(PIECE, Math.multiplyExact(count, type.bytes()))];
        ByteBuffer buffer = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
        int perPiece = PIECE / type.bytes();
        for (int done = 0; done < count; done += perPiece) {
            int n = Math.min(perPiece, count - done);
            read(position + (long) done * type.bytes(), piece, n * type.bytes());
            type.widen(buffer, 0, target, at + done, n);
        }
    }

    /** A view of the file's pages, which come into memory as they are touched and leave it when memory is short. */
    MappedByteBuffer map(long position, long count) throws IOException {
        if (position < 0 || count > size - position) {
            throw endsEarly(size);
        }
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, count);
        }
    }

    private void read(long position, byte[] target, int count) throws IOException {
        synchronized (file) {
            file.seek(position);
            for (int done = 0; done < count; ) {
                int n = file.read(target, done, count - done);
                if (n < 0) {
                    throw endsEarly(position + done);
                }
                done += n;
            }
        }
    }

    private CheckpointException endsEarly(long position) {
        return new CheckpointException(path + " ends at byte " + position);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
