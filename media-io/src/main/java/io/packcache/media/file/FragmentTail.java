package io.packcache.media.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The end of a fragmented MP4 that a full disk has torn: players stumble over a fragment whose pictures are not all there,
 * so it is cut off. Reads only the headers of the outermost boxes (ISO/IEC 14496-12, section 4.2).
 */
final class FragmentTail {

    private static final int HEADER = 8;

    private FragmentTail() {}

    /**
     * Cuts off what follows the last whole fragment.
     *
     * @return bytes cut off; 0 for a file that is whole
     */
    static long cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            long whole = wholeUntil(channel, size);
            channel.truncate(whole);
            return size - whole;
        }
    }

    /** Where the last box ends that needs no other after it: all but {@code moof}, which announces pictures. */
    private static long wholeUntil(FileChannel channel, long size) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER + Long.BYTES);
        long whole = 0;
        for (long at = 0; size - at >= HEADER; ) {
            long length = length(channel, at, header);
            if (length < HEADER || length > size - at) {
                return whole;
            }
            at += length;
            String kind = new String(header.array(), 4, 4, StandardCharsets.US_ASCII);
            if (!kind.equals("moof")) {
                whole = at;
            }
        }
        return whole;
    }

    /** Bytes of the box at a place, its header included; 32 bits, or 64 where those are 1. */
    private static long length(FileChannel channel, long at, ByteBuffer header) throws IOException {
        header.clear();
        while (header.hasRemaining() && channel.read(header, at + header.position()) > 0) {
            // until the header is there, or the file ends
        }
        long length = Integer.toUnsignedLong(header.getInt(0));
        return length == 1 ? header.getLong(HEADER) : length;
    }
}
