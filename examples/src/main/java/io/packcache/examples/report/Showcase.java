package io.packcache.examples.report;

import io.packcache.examples.lab.Allowance;
import io.packcache.examples.lab.HeldOutClip;
import io.packcache.examples.lab.Mean;
import io.packcache.examples.lab.PolicyRun;
import io.packcache.examples.lab.TeacherForcing;
import io.packcache.examples.report.PolicyMeasures.KeptFrame;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.image.ContactSheet;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One held-out clip as it truly is and as each policy continues it: a contact sheet, a video side by side, what was kept. */
public final class Showcase {

    private static final int SHOWN = 13;
    private static final int SCALE = 4;

    private final String caption;
    private final Path sheet;
    private final Path video;
    private final Map<String, List<KeptFrame>> kept;

    private Showcase(String caption, Path sheet, Path video, Map<String, List<KeptFrame>> kept) {
        this.caption = caption;
        this.sheet = sheet;
        this.video = video;
        this.kept = kept;
    }

    /**
     * Continues the first picture of a clip under each policy and writes {@code showcase.png} and {@code showcase.mp4}.
     *
     * @param folder of the model
     */
    public static Showcase make(
            Path folder,
            VideoModel model,
            Backend backend,
            HeldOutClip truth,
            GenerationRequest request,
            Map<String, CompactionPolicy> policies,
            Path out)
            throws IOException {
        Map<String, List<VideoFrame>> pictures = new LinkedHashMap<>();
        pictures.put("truth", truth.pictures());
        Map<String, PolicyRun> runs = new LinkedHashMap<>();
        try {
            GenerationRequest continued = request.withCondition(truth.pictures().subList(0, 1));
            policies.forEach((name, policy) -> runs.put(name, PolicyRun.of(model, continued, policy)));
            runs.forEach((name, run) -> pictures.put(name, run.pictures()));
            Path sheet = out.resolve("showcase.png");
            Path video = out.resolve("showcase.mp4");
            sheet(truth.caption(), pictures, sheet);
            video(pictures, video);
            return new Showcase(truth.caption(), sheet, video, kept(folder, model, backend, truth, request, policies));
        } finally {
            runs.values().forEach(PolicyRun::close);
        }
    }

    private static Map<String, List<KeptFrame>> kept(
            Path folder,
            VideoModel model,
            Backend backend,
            HeldOutClip truth,
            GenerationRequest request,
            Map<String, CompactionPolicy> policies)
            throws IOException {
        Map<String, List<KeptFrame>> kept = new LinkedHashMap<>();
        ModelConfig config = ModelConfig.read(folder);
        try (Transformer transformer = Transformer.load(folder, config.codesPlan(), backend);
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            int[][] codes = tokenizer.encode(truth.pictures());
            GenerationRequest alone = request.withSampling(request.sampling().withGuidance(1));
            policies.forEach((name, policy) -> {
                HistoryWatch watch = new HistoryWatch(new Mean());
                TeacherForcing.score(transformer, config, model.clip(alone), codes, policy, Allowance.OWN, watch);
                kept.put(name, watch.kept());
            });
        }
        return kept;
    }

    private static void sheet(String caption, Map<String, List<VideoFrame>> pictures, Path file) throws IOException {
        int count = pictures.values().iterator().next().size();
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) {
            shown.add(i * (count - 1) / (SHOWN - 1));
        }
        ContactSheet sheet = new ContactSheet(caption, "continued from the true first picture, same seed", 1);
        sheet.columns(shown.stream().map(i -> "picture " + (i + 1)).toList());
        pictures.forEach((name, all) ->
                sheet.row(name, List.of(), shown.stream().map(all::get).toList()));
        sheet.write(file, true);
    }

    private static void video(Map<String, List<VideoFrame>> pictures, Path file) throws IOException {
        List<VideoFrame> first = pictures.values().iterator().next();
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withOverwrite(true))) {
            for (int i = 0; i < first.size(); i++) {
                int picture = i;
                VideoFrame joined = new ContactSheet("", "", SCALE)
                        .columns(List.copyOf(pictures.keySet()))
                        .row(
                                "",
                                List.of(),
                                pictures.values().stream()
                                        .map(all -> all.get(picture))
                                        .toList())
                        .picture(first.get(i).pts(), first.get(i).timeBase());
                sink.write(joined);
            }
        }
    }

    void append(StringBuilder page) {
        page.append("<h2>One clip, continued</h2>");
        ReportPage.note(
                page, "\u201c" + caption + "\u201d; the same as a video beside this page: " + video.getFileName());
        page.append("<img alt=\"Contact sheet\" src=\"data:image/png;base64,");
        try {
            page.append(Base64.getEncoder().encodeToString(Files.readAllBytes(sheet)));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        page.append("\"><h2>Kept codes</h2>");
        ReportPage.note(page, "What is held at its end; the darker, the more layers and heads hold it.");
        kept.forEach((name, frames) -> page.append("<h3>")
                .append(ReportPage.escaped(name))
                .append("</h3><div class=\"scroll\">")
                .append(KeptPicture.svg(frames))
                .append("</div>"));
    }
}
