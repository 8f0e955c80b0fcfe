package io.packcache.media.file;

import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;

/** Every sink to a file that shows time and that ffprobe reads, with what tests need to know of it. */
enum FileKind {
    MP4_FASTSTART("mp4", "h264", 90_000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new Mp4Sink(file, Mp4Settings.FINITE.withOverwrite(overwrite));
        }
    },
    MP4_FRAGMENTED("mp4", "h264", 90_000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new Mp4Sink(file, Mp4Settings.DEFAULTS.withOverwrite(overwrite));
        }
    },
    MP4_AV1("mp4", "av1", 90_000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new Mp4Sink(
                    file, Mp4Settings.FINITE.withCodec(VideoCodec.AV1).withOverwrite(overwrite));
        }
    },
    WEBM("webm", "vp9", 1000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new WebmSink(file, WebmSettings.DEFAULTS.withOverwrite(overwrite));
        }
    },
    MPEG_TS("ts", "h264", 90_000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new MpegTsSink(file, MpegTsSettings.DEFAULTS.withOverwrite(overwrite));
        }
    },
    HLS("m3u8", "h264", 90_000) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new HlsSink(file, HlsSettings.DEFAULTS.withOverwrite(overwrite));
        }
    },
    GIF("gif", "gif", 100) {
        @Override
        FrameSink open(Path file, boolean overwrite) throws SinkException {
            return new GifSink(file, GifSettings.DEFAULTS.withOverwrite(overwrite));
        }
    };

    private final String ending;
    private final String codec;
    private final int ticksPerSecond;

    FileKind(String ending, String codec, int ticksPerSecond) {
        this.ending = ending;
        this.codec = codec;
        this.ticksPerSecond = ticksPerSecond;
    }

    abstract FrameSink open(Path file, boolean overwrite) throws SinkException;

    Path in(Path folder) {
        return folder.resolve("film." + ending);
    }

    String codec() {
        return codec;
    }

    /** The finest ticks it counts. */
    int ticksPerSecond() {
        return ticksPerSecond;
    }

    /** Whether pictures come out in whole blocks of 2 x 2. */
    boolean evenSizes() {
        return this != GIF;
    }
}
