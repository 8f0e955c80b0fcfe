package io.packcache.media.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Which way a camera was held, from the EXIF data of a JPEG, PNG or WebP file (tag 274: 1 upright, 3 upside down, 6 to be
 * turned right, 8 to be turned left, the even ones and 5, 7 mirrored). Reads headers and at most 64 KiB, whatever the file
 * claims; anything it cannot follow means upright, because the pixels are still good.
 */
final class ExifOrientation {

    static final int UPRIGHT = 1;

    private static final int MOST_BYTES = 1 << 16;
    private static final int MOST_PARTS = 10_000;
    private static final int ORIENTATION = 274;
    private static final int SHORT = 3;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private final FileChannel file;

    private ExifOrientation(FileChannel file) {
        this.file = file;
    }

    /** 1 to 8. */
    static int of(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            return new ExifOrientation(file).find();
        }
    }

    private int find() throws IOException {
        ByteBuffer start = read(0, 12);
        if (start.limit() < 12) {
            return UPRIGHT;
        }
        if (start.getShort(0) == (short) 0xFFD8) {
            return inJpeg();
        }
        if (start.getInt(0) == 0x89504E47) {
            return inPng();
        }
        return ascii(start, 0).equals("RIFF") && ascii(start, 8).equals("WEBP") ? inWebp() : UPRIGHT;
    }

    /** Segments: 0xFF, kind, length with its own two bytes; pictures begin with 0xDA. */
    private int inJpeg() throws IOException {
        long at = 2;
        for (int part = 0; part < MOST_PARTS; part++) {
            ByteBuffer header = read(at, 4);
            if (header.limit() < 4 || (header.get(0) & 255) != 0xFF || (header.get(1) & 255) == 0xDA) {
                return UPRIGHT;
            }
            int length = header.getShort(2) & 0xFFFF;
            if ((header.get(1) & 255) == 0xE1 && isExif(read(at + 4, EXIF.length))) {
                return inTiff(read(at + 4 + EXIF.length, length - 2 - EXIF.length));
            }
            at += 2 + length;
        }
        return UPRIGHT;
    }

    /** Chunks: length, kind, content, check sum. */
    private int inPng() throws IOException {
        long at = 8;
        for (int part = 0; part < MOST_PARTS; part++) {
            ByteBuffer header = read(at, 8);
            if (header.limit() < 8) {
                return UPRIGHT;
            }
            long length = Integer.toUnsignedLong(header.getInt(0));
            if (ascii(header, 4).equals("eXIf")) {
                return inTiff(read(at + 8, length));
            }
            at += 12 + length;
        }
        return UPRIGHT;
    }

    /** Chunks: kind, length with the low byte first, content, a byte more where the length is odd. */
    private int inWebp() throws IOException {
        long at = 12;
        for (int part = 0; part < MOST_PARTS; part++) {
            ByteBuffer header = read(at, 8);
            if (header.limit() < 8) {
                return UPRIGHT;
            }
            long length =
                    Integer.toUnsignedLong(header.order(ByteOrder.LITTLE_ENDIAN).getInt(4));
            if (ascii(header, 0).equals("EXIF")) {
                boolean marked = isExif(read(at + 8, EXIF.length));
                int mark = marked ? EXIF.length : 0;
                return inTiff(read(at + 8 + mark, length - mark));
            }
            at += 8 + length + (length & 1);
        }
        return UPRIGHT;
    }

    /** Byte order, 42, place of the first directory: a count, then entries of tag, type, count and value. */
    private static int inTiff(ByteBuffer tiff) {
        if (tiff.limit() < 8) {
            return UPRIGHT;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.limit()) {
            return UPRIGHT;
        }
        int entries = tiff.getShort((int) directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            long at = directory + 2 + 12L * i;
            if (at + 12 > tiff.limit()) {
                return UPRIGHT;
            }
            if ((tiff.getShort((int) at) & 0xFFFF) == ORIENTATION && tiff.getShort((int) at + 2) == SHORT) {
                int value = tiff.getShort((int) at + 8) & 0xFFFF;
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /** What there is of so many bytes, at most 64 KiB. */
    private ByteBuffer read(long at, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(length, MOST_BYTES)));
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) {
            // until all is there, or the file ends
        }
        return bytes.flip();
    }

    private static boolean isExif(ByteBuffer bytes) {
        return bytes.equals(ByteBuffer.wrap(EXIF));
    }

    private static String ascii(ByteBuffer bytes, int at) {
        byte[] four = new byte[4];
        bytes.get(at, four);
        return new String(four, StandardCharsets.US_ASCII);
    }
}
