package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.examples.lab.TeacherForcing;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The model's own clip, codes only, against the same checkpoint in PyTorch with a KV cache. */
final class GenerateWorkload implements Workload {

    /** Largest difference of a true code's log-probability between us and the peer. */
    private static final double SAME = 1e-3;

    private static final String PACKCACHE = "packcache";

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String summary() {
        return "the model's whole clip as codes, full cache and PackCache, against the peer's full cache";
    }

    @Override
    public Report run(Bench bench) throws IOException {
        try (Backend backend = Backends.of(bench.backend(), bench.threads())) {
            Clip clip;
            int latents;
            double fps;
            int factor;
            try (VideoModel model = VideoModel.load(bench.model(), backend)) {
                clip = model.clip(model.request("a red circle moves right"));
                latents = model.defaults().latentFrames();
                fps = model.defaults().fps();
                factor = model.temporalFactor();
            }
            ModelConfig config = ModelConfig.read(bench.model());
            try (Transformer transformer = Transformer.load(bench.model(), config.codesPlan(), backend)) {
                Report report = new Report();
                compareScores(bench, transformer, config, clip, latents, report);
                Map<String, Times> times =
                        contest(bench, transformer, config, clip, latents).run(bench.rounds());
                times.forEach((name, time) -> {
                    String label = name.equals(PeerTimes.NAME)
                            ? bench.peer().orElseThrow().name()
                            : "ours, " + name;
                    report.row("latent frame of " + latents, label)
                            .times("median", time)
                            .number("pictures/s", factor / time.median(), "%.1f")
                            .number("real time", factor / time.median() / fps, "%.1fx");
                });
                Times peer = times.get(PeerTimes.NAME);
                if (peer != null) {
                    report.remark(
                            "full cache %.2fx, PackCache %.2fx the speed of %s",
                            peer.median() / times.get("full").median(),
                            peer.median() / times.get(PACKCACHE).median(),
                            bench.peer().orElseThrow().name());
                }
                return report.remark("a picture's pixels are not made here; both sides draw codes, float32");
            }
        }
    }

    private static Contest contest(Bench bench, Transformer transformer, ModelConfig config, Clip clip, int latents) {
        Contest contest = new Contest()
                .add("full", () -> generate(transformer, config, clip, latents, new FullCache(), new ArrayList<>()))
                .add(
                        PACKCACHE,
                        () -> generate(transformer, config, clip, latents, PackCache.defaults(), new ArrayList<>()));
        bench.peer()
                .ifPresent(peer -> contest.add(PeerTimes.NAME, () -> {
                    ObjectNode request = withText(Peer.request("clip", bench.threads()), clip)
                            .put("latents", latents)
                            .put("steps", clip.sampling().steps())
                            .put("temperature", clip.sampling().temperature())
                            .put("choice_temperature", clip.sampling().choiceTemperature())
                            .put("seed", clip.seed());
                    return peer.seconds(request);
                }));
        return contest;
    }

    /** Seconds of each latent frame: its steps, its store pass, its compaction. */
    private static List<Double> generate(
            Transformer transformer,
            ModelConfig config,
            Clip clip,
            int latents,
            CompactionPolicy policy,
            List<int[]> codes) {
        List<Double> seconds = new ArrayList<>();
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            for (int frame = 0; frame < latents; frame++) {
                long began = System.nanoTime();
                decoder.begin(frame);
                for (int step = 0; step < decoder.steps(); step++) {
                    decoder.step(step);
                }
                codes.add(decoder.commit());
                decoder.apply(policy.plan(decoder.view(policy.signals()), Budget.unlimited()));
                seconds.add((System.nanoTime() - began) / 1e9);
            }
        }
        return seconds;
    }

    /** Both sides must find the same codes equally likely, or their times say nothing. */
    private static void compareScores(
            Bench bench, Transformer transformer, ModelConfig config, Clip clip, int latents, Report report) {
        if (bench.peer().isEmpty()) {
            return;
        }
        Peer peer = bench.peer().get();
        peer.ask(Peer.request("load", bench.threads())
                .put("model", bench.model().toAbsolutePath().toString()));
        List<int[]> codes = new ArrayList<>();
        generate(transformer, config, clip, latents, new FullCache(), codes);
        float[][] ours = TeacherForcing.score(transformer, config, clip, codes.toArray(int[][]::new), new FullCache());
        ObjectNode request = withText(Peer.request("score", bench.threads()), clip);
        ArrayNode frames = request.putArray("codes");
        codes.forEach(frame -> {
            ArrayNode array = frames.addArray();
            for (int code : frame) {
                array.add(code);
            }
        });
        JsonNode theirs = peer.ask(request).path("scores");
        double worst = 0;
        for (int frame = 0; frame < ours.length; frame++) {
            for (int i = 0; i < ours[frame].length; i++) {
                worst = Math.max(
                        worst,
                        Math.abs(ours[frame][i] - theirs.path(frame).path(i).asDouble()));
            }
        }
        if (!(worst <= SAME)) {
            throw new IllegalStateException("log-probabilities differ by " + worst + " from the peer's; at most " + SAME
                    + " would make the comparison fair");
        }
        report.remark("log-probabilities of %d codes agree within %.1e", ours.length * ours[0].length, worst);
    }

    private static ObjectNode withText(ObjectNode request, Clip clip) {
        ArrayNode text = request.putArray("text");
        for (int id : clip.text()) {
            text.add(id);
        }
        return request;
    }
}
