package io.packcache.examples.bench;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.ffmpeg.EncoderChoice;
import io.packcache.media.ffmpeg.Encoding;
import io.packcache.media.ffmpeg.FfmpegProgram;
import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.VideoCoding;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Pictures of 1280 x 720 to an MP4 file: our sink, and the {@code ffmpeg} command of the same natives behind a pipe. */
final class EncodeWorkload implements Workload {

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int FPS = 30;

    /** Pictures a round; the command's start is measured by itself and taken off. */
    private static final int PICTURES = 360;

    private static final int CONVERTED = 200;
    private static final int WANTED_CONVERSIONS = 500;
    private static final int KEY_EVERY = 2 * FPS;
    private static final TimeBase TICKS = TimeBase.ofFramesPerSecond(FPS);

    private static final VideoCoding CODING = VideoCoding.DEFAULTS.withQuality(23);
    private static final Encoding ENCODING = new Encoding(WIDTH, HEIGHT, TICKS, CODING.quality(), KEY_EVERY, false);

    private static final List<String> FILES = List.of("ours.mp4", "rgb.mp4", "yuv.mp4", "one.mp4");
    private static final List<String> TO_BT709 =
            List.of("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p");

    private static final String OURS = "our MP4 sink";
    private static final String RGB = "ffmpeg, RGB in the pipe";
    private static final String YUV = "ffmpeg, YUV 4:2:0 in the pipe";
    private static final String START = "ffmpeg, one picture";

    @Override
    public String name() {
        return "encode";
    }

    @Override
    public String summary() {
        return PICTURES + " pictures of 1280 x 720 to MP4, against the ffmpeg command of the same natives; colours";
    }

    @Override
    public Report run(Bench bench) throws IOException {
        MovingScene scene = new MovingScene(WIDTH, HEIGHT);
        Path folder = Files.createTempDirectory("packcache-encode");
        try {
            return measure(bench, scene, folder);
        } finally {
            for (String file : FILES) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.delete(folder);
        }
    }

    private static Report measure(Bench bench, MovingScene scene, Path folder) throws IOException {
        EncoderChoice encoder = EncoderChoice.h264();
        Path program = FfmpegProgram.path();
        Path ours = folder.resolve(FILES.get(0));
        FfmpegPipe rgb = new FfmpegPipe(
                program, input("rgb24"), output(encoder, TO_BT709, folder.resolve(FILES.get(1))), scene::rgb);
        FfmpegPipe yuv = new FfmpegPipe(
                program, input("yuv420p"), output(encoder, List.of(), folder.resolve(FILES.get(2))), scene::planes);
        FfmpegPipe one = new FfmpegPipe(
                program, input("rgb24"), output(encoder, TO_BT709, folder.resolve(FILES.get(3))), scene::rgb);
        Map<String, Times> times = new Contest()
                .add(OURS, () -> Contest.time(1, () -> write(scene, ours)))
                .add(RGB, () -> Contest.time(1, () -> rgb.run(PICTURES)))
                .add(YUV, () -> Contest.time(1, () -> yuv.run(PICTURES)))
                .add(START, () -> Contest.time(1, () -> one.run(1)))
                .run(bench.rounds());
        Report report = new Report();
        report(times, folder, report);
        convert(bench, scene, report);
        report.remark(
                "%s; preset and quality as the sink's; the time of one picture is taken off the command's",
                encoder.reason());
        return report.remark(
                "RGB is what a program has that makes pictures; the command's conversion to BT.709 is asked for as ours"
                        + " is. YUV spares the command that work and half of the pipe, and our sink nothing");
    }

    private static void report(Map<String, Times> times, Path folder, Report report) throws IOException {
        double start = times.get(START).median();
        double ours = PICTURES / times.get(OURS).median();
        for (int i = 0; i < FILES.size(); i++) {
            String name = List.of(OURS, RGB, YUV, START).get(i);
            report.row("what", name).times("time", times.get(name));
            if (!name.equals(START)) {
                double rate = i == 0 ? ours : (PICTURES - 1) / (times.get(name).median() - start);
                report.number("KiB", Files.size(folder.resolve(FILES.get(i))) / 1024.0, "%.0f")
                        .number("pictures/s", rate, "%.0f")
                        .number("ours against it", ours / rate, "%.2f x");
            }
        }
    }

    private static List<String> output(EncoderChoice encoder, List<String> colours, Path file) {
        List<String> output = new ArrayList<>(colours);
        output.addAll(encoder.arguments(ENCODING));
        output.addAll(List.of("-movflags", "+faststart", file.toString()));
        return output;
    }

    private static List<String> input(String pixels) {
        return List.of("-pix_fmt", pixels, "-s", WIDTH + "x" + HEIGHT, "-r", Integer.toString(FPS));
    }

    private static void write(MovingScene scene, Path file) {
        Mp4Settings settings = Mp4Settings.FINITE.withCoding(CODING).withOverwrite(true);
        try (FrameSink sink = new Mp4Sink(file, settings)) {
            for (int i = 0; i < PICTURES; i++) {
                sink.write(picture(scene, i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static VideoFrame picture(MovingScene scene, int i) {
        return VideoFrame.unpooled(WIDTH, HEIGHT, i, TICKS, scene.rgb(i));
    }

    private static void convert(Bench bench, MovingScene scene, Report report) {
        PicturePlanes planes = new PicturePlanes(WIDTH, HEIGHT, WIDTH, HEIGHT);
        AtomicInteger next = new AtomicInteger();
        Times times = new Contest()
                .add("convert", () -> Contest.time(CONVERTED, () -> planes.of(picture(scene, next.getAndIncrement()))))
                .run(bench.rounds())
                .get("convert");
        report.row("what", "RGB to BT.709 planes, one thread")
                .times("time", times)
                .number("pictures/s", 1 / times.median(), "%.0f")
                .number("of " + WANTED_CONVERSIONS + "/s", 1 / times.median() / WANTED_CONVERSIONS, "%.2f x");
    }
}
