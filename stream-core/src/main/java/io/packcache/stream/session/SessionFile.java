package io.packcache.stream.session;

import io.packcache.kvcache.snapshot.SavedState;
import io.packcache.kvcache.snapshot.SnapshotException;
import io.packcache.kvcache.snapshot.SnapshotFile;
import io.packcache.stream.model.DecoderSnapshot;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.spec.SettingsFormatException;
import io.packcache.stream.spec.SettingsJson;
import io.packcache.stream.tokenizer.DecoderState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A session in a file: the caches, the codes of the frames they hold, what the picture decoder remembers, and a
 * {@link SessionRecord}. Codes and token ids are stored as float32, which holds them exactly: all are far below 2^24.
 */
final class SessionFile {

    private static final String TEXT = "text";
    private static final String CODES = "codes.";
    private static final String CONDITION = "condition.";
    private static final String PICTURES = "pictures.";

    private static final SessionRecord NOTHING =
            new SessionRecord("", 0, 0, 0, 0, SamplingSettings.defaults(), 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private SessionFile() {}

    /** What was read: the record, and the state but for its clip, which only the model can make. */
    record Content(SessionRecord record, DecoderSnapshot decoder, DecoderState pictures, List<int[]> condition) {}

    /** @param state between two frames, with everything computed */
    static void write(Path file, String fingerprint, ClipRun.State state, long epoch) {
        Map<String, float[]> tensors = new HashMap<>();
        tensors.put(TEXT, floats(state.decoder().text()));
        state.decoder().codes().forEach((frame, codes) -> tensors.put(CODES + frame, floats(codes)));
        List<int[]> condition = state.clip().condition();
        for (int i = 0; i < condition.size(); i++) {
            tensors.put(CONDITION + i, floats(condition.get(i)));
        }
        List<DecoderState.Block> blocks = state.pictures().blocks();
        for (int i = 0; i < blocks.size(); i++) {
            DecoderState.Block block = blocks.get(i);
            String name = PICTURES + i + "." + block.layer() + "." + block.rows() + "." + block.columns() + "."
                    + block.channels();
            tensors.put(name, block.values());
        }
        String words = SettingsJson.write(SessionRecord.of(state, epoch));
        SnapshotFile.write(
                file, new SavedState(fingerprint, words, state.decoder().caches(), tensors));
    }

    /** @throws SnapshotException if the file is no session of this model, naming file and fault */
    static Content read(Path file, String fingerprint) {
        SavedState saved = SnapshotFile.read(file, fingerprint);
        try {
            SessionRecord words = SettingsJson.parse(saved.json(), NOTHING);
            Map<String, float[]> tensors = saved.tensors();
            if (!tensors.containsKey(TEXT)) {
                throw new IllegalArgumentException("the token ids of its prompt are missing");
            }
            Map<Long, int[]> codes = new HashMap<>();
            numbered(tensors, CODES).forEach((frame, values) -> codes.put(frame, ints(values)));
            List<int[]> condition = new ArrayList<>();
            numbered(tensors, CONDITION).values().forEach(values -> condition.add(ints(values)));
            DecoderSnapshot decoder =
                    new DecoderSnapshot(saved.branches(), ints(tensors.get(TEXT)), codes, words.generated());
            return new Content(
                    words, decoder, new DecoderState(words.decoded(), words.pts(), blocks(tensors)), condition);
        } catch (SettingsFormatException | IllegalArgumentException e) {
            throw refused(file, e);
        }
    }

    static SnapshotException refused(Path file, Exception e) {
        return new SnapshotException("the saved session " + file + " is refused: " + e.getMessage(), e);
    }

    private static Map<Long, float[]> numbered(Map<String, float[]> tensors, String prefix) {
        Map<Long, float[]> found = new TreeMap<>();
        tensors.forEach((name, values) -> {
            if (name.startsWith(prefix)) {
                found.put(Long.parseLong(name.substring(prefix.length())), values);
            }
        });
        return found;
    }

    private static List<DecoderState.Block> blocks(Map<String, float[]> tensors) {
        Map<Integer, DecoderState.Block> blocks = new TreeMap<>(Comparator.naturalOrder());
        tensors.forEach((name, values) -> {
            if (name.startsWith(PICTURES)) {
                String[] parts = name.substring(PICTURES.length()).split("\\.", -1);
                if (parts.length != 5) {
                    throw new IllegalArgumentException("\"" + name + "\" names no part of a picture decoder");
                }
                int[] numbers = new int[parts.length];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = Integer.parseInt(parts[i]);
                }
                blocks.put(numbers[0], new DecoderState.Block(numbers[1], numbers[2], numbers[3], numbers[4], values));
            }
        });
        return List.copyOf(blocks.values());
    }

    private static float[] floats(int[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    private static int[] ints(float[] values) {
        int[] ints = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }
}
