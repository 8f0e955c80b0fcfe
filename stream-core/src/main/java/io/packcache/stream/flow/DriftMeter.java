package io.packcache.stream.flow;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Measures every picture that goes by and tells when a stream leaves its limits. Each epoch has a reference of its own. */
public final class DriftMeter implements Passing<GeneratedFrame> {

    private final Consumer<PictureStatistics> statistics;
    private final Consumer<Drift> hook;
    private final PictureGauge gauge = new PictureGauge();
    private final DriftWatch watch;
    private Epoch epoch;

    /**
     * @param statistics told every picture, on the thread that delivers its frame
     * @param hook told every crossing of a limit, on the same thread; may steer the session
     */
    public DriftMeter(DriftSettings settings, Consumer<PictureStatistics> statistics, Consumer<Drift> hook) {
        this.watch = new DriftWatch(settings);
        this.statistics = Objects.requireNonNull(statistics, "statistics");
        this.hook = Objects.requireNonNull(hook, "hook");
    }

    @Override
    public GeneratedFrame pass(GeneratedFrame frame) {
        if (frame.isSpent()) {
            throw new IllegalStateException("the pictures of latent frame " + frame.number()
                    + " were already taken or released; measure drift before that");
        }
        if (frame.epoch() != epoch) {
            epoch = frame.epoch();
            gauge.begin();
            watch.begin();
        }
        List<VideoFrame> pictures = frame.pictures();
        for (int i = 0; i < pictures.size(); i++) {
            PictureStatistics measured = gauge.measure(pictures.get(i), frame.number(), i == 0);
            statistics.accept(measured);
            for (Drift.Measure measure : watch.add(measured)) {
                hook.accept(new Drift(
                        measure,
                        watch.mean(measure),
                        watch.reference(measure),
                        frame.number(),
                        measured.pts(),
                        epoch.steering()));
            }
        }
        return frame;
    }
}
