package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Everything that changes while one clip is encoded or decoded: memory that is used again from frame to frame, and what
 * each layer remembers of earlier frames. Layers themselves hold only weights. One thread at a time.
 *
 * <p>Maps that were given back are handed out again, so nothing is allocated any more once every layer remembers all it
 * ever will: after the second frame, or after {@value TemporalAttention#REACH} where {@link TemporalAttention} keeps the
 * keys and values of so many.
 */
final class ClipMemory implements AutoCloseable {

    private final Backend backend;
    private final int panelRows;
    private final ActivationListener listener;
    private final List<FeatureMap> free = new ArrayList<>();
    private final IdentityHashMap<Object, ArrayDeque<FeatureMap>> past = new IdentityHashMap<>();
    private final List<ArrayDeque<FeatureMap>> pastInOrder = new ArrayList<>();
    private final List<DecoderState.Block> recalled = new ArrayList<>();
    private final IdentityHashMap<Object, Tensor[]> tensors = new IdentityHashMap<>();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private float[] panel = new float[0];
    private int frame;

    /**
     * Begins a clip.
     *
     * @param panelRows most rows of one matrix product
     */
    ClipMemory(Backend backend, int panelRows, ActivationListener listener) {
        this.backend = backend;
        this.panelRows = panelRows;
        this.listener = listener;
    }

    /** Says which latent frame the following activations belong to. */
    void begin(int latentFrame) {
        frame = latentFrame;
    }

    /** Shows an activation to the listener, and returns it. */
    FeatureMap report(String name, FeatureMap map) {
        listener.activation(name, frame, map.rows, map.columns, map.channels, map.values);
        return map;
    }

    Backend backend() {
        return backend;
    }

    int panelRows() {
        return panelRows;
    }

    /** A map with arbitrary values; the caller owns it until it gives it back. */
    FeatureMap take(int rows, int columns, int channels) {
        for (int i = free.size() - 1; i >= 0; i--) {
            if (free.get(i).hasShape(rows, columns, channels)) {
                return free.remove(i);
            }
        }
        return new FeatureMap(rows, columns, channels);
    }

    void giveBack(FeatureMap map) {
        free.add(map);
    }

    /** The maps of earlier frames that {@code layer} keeps, oldest first. */
    ArrayDeque<FeatureMap> past(Object layer) {
        ArrayDeque<FeatureMap> maps = past.get(layer);
        if (maps == null) {
            maps = recalled(pastInOrder.size());
            past.put(layer, maps);
            pastInOrder.add(maps);
        }
        return maps;
    }

    /** Layers come in the same order in every frame of every clip, so an ordinal names one. */
    private ArrayDeque<FeatureMap> recalled(int layer) {
        ArrayDeque<FeatureMap> maps = new ArrayDeque<>();
        for (DecoderState.Block block : recalled) {
            if (block.layer() == layer) {
                FeatureMap map = new FeatureMap(block.rows(), block.columns(), block.channels());
                System.arraycopy(block.values(), 0, map.values, 0, map.values.length);
                maps.addLast(map);
            }
        }
        return maps;
    }

    /** Copies of all maps that layers keep. */
    List<DecoderState.Block> remembered() {
        List<DecoderState.Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < pastInOrder.size(); layer++) {
            for (FeatureMap map : pastInOrder.get(layer)) {
                blocks.add(new DecoderState.Block(layer, map.rows, map.columns, map.channels, map.values.clone()));
            }
        }
        return pastInOrder.isEmpty() ? List.copyOf(recalled) : blocks;
    }

    /** Lets the layers of a new clip remember what those of another one did. */
    void recall(List<DecoderState.Block> blocks) {
        recalled.addAll(blocks);
    }

    /** Keeps a map for later frames of {@code layer}, and gives back the oldest one beyond {@code limit}. */
    void remember(Object layer, FeatureMap map, int limit) {
        ArrayDeque<FeatureMap> maps = past(layer);
        if (maps.size() == limit) {
            giveBack(maps.removeFirst());
        }
        maps.addLast(map);
    }

    /** Scratch of at least {@code length} values for the input of a product; one at a time. */
    float[] panel(int length) {
        if (panel.length < length) {
            panel = new float[length];
        }
        return panel;
    }

    /** The tensors of {@code layer}, reserved at its first call. */
    Tensor[] tensors(Object layer, int count, int rows, int columns) {
        Tensor[] reserved = tensors.get(layer);
        if (reserved == null) {
            reserved = new Tensor[count];
            for (int i = 0; i < count; i++) {
                reserved[i] = backend.allocate(rows, columns);
            }
            tensors.put(layer, reserved);
        }
        return reserved;
    }

    /**
     * Multiplies {@code count} rows of {@code source}, from {@code offset} on, with a matrix.
     *
     * @param count at most {@link #panelRows()}
     * @param result receives the rows from {@code resultOffset} on
     */
    void multiply(Weights weights, float[] source, int offset, int count, float[] result, int resultOffset) {
        Tensor x = withColumns(inputs, weights.inputs());
        Tensor y = withColumns(outputs, weights.outputs());
        x.write(0, source, offset, count);
        backend.multiply(x, 0, count, weights, y);
        y.read(0, result, resultOffset, count);
    }

    private Tensor withColumns(List<Tensor> reserved, int columns) {
        for (int i = 0; i < reserved.size(); i++) {
            if (reserved.get(i).columns() == columns) {
                return reserved.get(i);
            }
        }
        Tensor tensor = backend.allocate(panelRows, columns);
        reserved.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        inputs.forEach(Tensor::close);
        outputs.forEach(Tensor::close);
        for (Tensor[] reserved : tensors.values()) {
            for (Tensor tensor : reserved) {
                tensor.close();
            }
        }
        past.clear();
        pastInOrder.clear();
        recalled.clear();
        free.clear();
    }
}
