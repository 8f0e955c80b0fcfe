package io.packcache.examples.lab;

import io.packcache.examples.world.ClipJudge;
import io.packcache.examples.world.ObjectSpec;
import io.packcache.examples.world.Scene;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.session.VideoModel;
import java.util.ArrayList;
import java.util.List;

/** What becomes of a video that goes on and on. */
public final class Drift {

    /** Latent frames in a span. */
    public static final int SPAN = 100;

    private Drift() {}

    /**
     * A hundred latent frames of a video.
     *
     * @param firstFrame the latent frame it begins with
     * @param seen share of objects and pictures in which the object's colour is seen, 0 to 1
     * @param brightness mean of all channels, 0 to 255
     */
    public record Span(int firstFrame, double seen, double brightness) {}

    /** Generates the request's latent frames; keeps no picture. */
    static List<Span> follow(VideoModel model, GenerationRequest request, CompactionPolicy policy, Scene scene) {
        ClipJudge judge = new ClipJudge(scene.geometry());
        Compactor compactor = new Compactor(policy, Budget::unlimited);
        Mean seen = new Mean();
        Mean brightness = new Mean();
        try (GenerationSession session = model.open(request)) {
            for (int frame = 0; session.hasNext(); frame++) {
                try (GeneratedFrame generated = session.next()) {
                    for (VideoFrame picture : compactor.pass(generated).takePictures()) {
                        byte[] rgb = picture.rgb();
                        for (ObjectSpec object : scene.objects()) {
                            seen.add(frame / SPAN, judge.sees(rgb, object.colour()) ? 1 : 0);
                        }
                        brightness.add(frame / SPAN, TruePath.brightness(rgb));
                        picture.release();
                    }
                }
            }
        }
        List<Span> spans = new ArrayList<>();
        for (int span = 0; span < seen.values().size(); span++) {
            spans.add(new Span(
                    span * SPAN, seen.values().get(span), brightness.values().get(span)));
        }
        return spans;
    }
}
