package io.packcache.examples.verify;

import io.packcache.stream.tokenizer.ActivationListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects what a tokenizer computes, in the layout of golden files: channel, time, row, column. */
final class ClipRecorder implements ActivationListener {

    private final Map<String, List<float[]>> frames = new HashMap<>();

    @Override
    public void activation(String name, int frame, int rows, int columns, int channels, float[] values) {
        int positions = rows * columns;
        float[] planes = new float[positions * channels];
        for (int i = 0; i < planes.length; i++) {
            planes[i % channels * positions + i / channels] = values[i];
        }
        frames.computeIfAbsent(name, ignored -> new ArrayList<>()).add(planes);
    }

    /** All frames of a layer, shape (channels, frames, positions); empty if the layer was never seen. */
    float[] whole(String name, int channels) {
        List<float[]> seen = frames.getOrDefault(name, List.of());
        int positions = seen.isEmpty() ? 0 : seen.get(0).length / channels;
        float[] whole = new float[seen.size() * positions * channels];
        for (int channel = 0; channel < channels; channel++) {
            for (int t = 0; t < seen.size(); t++) {
                int at = (channel * seen.size() + t) * positions;
                System.arraycopy(seen.get(t), channel * positions, whole, at, positions);
            }
        }
        return whole;
    }

    void clear() {
        frames.clear();
    }
}
