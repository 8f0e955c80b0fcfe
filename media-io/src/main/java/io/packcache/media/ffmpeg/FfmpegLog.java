package io.packcache.media.ffmpeg;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FFmpeg's log, sent to SLF4J instead of the terminal. One level quieter than FFmpeg has it, because a failure that
 * matters also comes back as an exception: errors as WARN, warnings as DEBUG, the rest as TRACE.
 */
final class FfmpegLog extends LogCallback {

    private static final Logger LOG = LoggerFactory.getLogger("io.packcache.media.ffmpeg");

    /** What FFmpeg puts before a line: who says it, and the address of that in memory. */
    private static final Pattern SPEAKER = Pattern.compile("^\\[\\S+ @ \\S+] ");

    /** What must never be printed, such as stream keys. */
    private static final List<String> SECRETS = new CopyOnWriteArrayList<>();

    /** Of each thread, the first error since it last asked to be told. */
    private static final ThreadLocal<String> FIRST_ERROR = new ThreadLocal<>();

    /** Kept for ever: native code calls it from any thread until the process ends. */
    private static final FfmpegLog INSTANCE = install();

    private FfmpegLog() {}

    /** From now on the first error that FFmpeg logs on this thread is remembered. */
    static void listen() {
        FIRST_ERROR.remove();
    }

    /** The first error logged on this thread since {@link #listen}; null if there was none. */
    static String firstError() {
        return FIRST_ERROR.get();
    }

    /** From now on {@code secret} is replaced by asterisks wherever FFmpeg would print it. */
    static void hide(String secret) {
        SECRETS.add(secret);
    }

    /** Undoes one {@link #hide}; a secret hidden twice stays hidden. */
    static void unhide(String secret) {
        SECRETS.remove(secret);
    }

    static void route() {
        if (INSTANCE == null) {
            throw new IllegalStateException("the FFmpeg log was not routed");
        }
    }

    private static FfmpegLog install() {
        FfmpegLog log = new FfmpegLog();
        avutil.setLogCallback(log);
        avutil.av_log_set_level(LOG.isTraceEnabled() ? avutil.AV_LOG_DEBUG : avutil.AV_LOG_WARNING);
        return log;
    }

    @Override
    public void call(int level, BytePointer message) {
        String line = message.getString().strip();
        for (String secret : SECRETS) {
            line = line.replace(secret, "***");
        }
        if (level <= avutil.AV_LOG_ERROR) {
            if (FIRST_ERROR.get() == null) {
                FIRST_ERROR.set(SPEAKER.matcher(line).replaceFirst(""));
            }
            LOG.warn(line);
        } else if (level <= avutil.AV_LOG_WARNING) {
            LOG.debug(line);
        } else {
            LOG.trace(line);
        }
    }
}
