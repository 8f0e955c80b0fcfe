package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** What every native call here needs: the libraries loaded once, errors as exceptions, text as UTF-8. */
final class Ffmpeg {

    private Ffmpeg() {}

    /**
     * Loads the native libraries on the first call (seconds when they must first be unpacked) and routes their log.
     *
     * @throws FfmpegException if there are none for this machine
     */
    static void load() throws FfmpegException {
        try {
            FfmpegLog.route();
        } catch (LinkageError e) {
            throw new FfmpegException(
                    "load FFmpeg's libraries for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch"),
                    e);
        }
    }

    /** Returns {@code code} unless it is negative, FFmpeg's sign for failure. */
    static int check(int code, String attempt) throws FfmpegException {
        if (code < 0) {
            throw new FfmpegException(attempt, describe(code));
        }
        return code;
    }

    /** Returns {@code pointer} unless it is null, FFmpeg's sign for no memory. */
    static <P extends Pointer> P checkMemory(P pointer, String attempt) throws FfmpegException {
        if (pointer == null || pointer.isNull()) {
            throw new FfmpegException(attempt, "no memory");
        }
        return pointer;
    }

    static String describe(int code) {
        if (code == AVERROR_EXIT()) {
            return "no answer in time"; // only a deadline calls a call off
        }
        byte[] text = new byte[256];
        avutil.av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** A dictionary of options or metadata; the caller frees it with {@code av_dict_free}. */
    static AVDictionary dictionary(Map<String, String> entries) {
        AVDictionary dictionary = new AVDictionary(null);
        entries.forEach((name, value) -> {
            try (BytePointer nativeName = utf8(name);
                    BytePointer nativeValue = utf8(value)) {
                avutil.av_dict_set(dictionary, nativeName, nativeValue, 0);
            }
        });
        return dictionary;
    }

    /** Zero-terminated UTF-8, whatever the platform's default; the caller closes it. */
    static BytePointer utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new BytePointer(bytes.length + 1L).put(bytes, 0, bytes.length).put(bytes.length, (byte) 0);
    }

    static AVRational rational(int over, int under) {
        return new AVRational().num(over).den(under);
    }
}
