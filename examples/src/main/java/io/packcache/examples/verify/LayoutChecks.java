package io.packcache.examples.verify;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.model.HistoryMask;
import io.packcache.stream.model.SequenceLayout;
import io.packcache.stream.model.SpecialTokens;
import io.packcache.stream.model.Visibility;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/** Where tokens stand, what they see, how they rotate, and which of them history masks. */
final class LayoutChecks {

    /** The base that the format prescribes for sequences with real ids. */
    static final double REAL_THETA = 10000;

    private static final String REAL = "real.";

    private final Checks checks;
    private final Backend backend;

    LayoutChecks(Checks checks, Backend backend) {
        this.checks = checks;
        this.backend = backend;
    }

    /**
     * All that {@code layout.safetensors} holds.
     *
     * @param configured ids of sequences that are not called real
     * @param theta base of the model beside it, which its sequences may have been rotated with
     */
    void layoutFile(GoldenFile file, SpecialTokens configured, double theta) throws IOException {
        for (String name : file.names()) {
            if (name.endsWith(".input_ids")) {
                String prefix = name.substring(0, name.length() - "input_ids".length());
                sequence(file, prefix, prefix.equals(REAL) ? SpecialTokens.LUMOS : configured, theta);
            } else if (name.startsWith("history_mask.")) {
                historyMask(file, name);
            }
        }
    }

    /** The layout must arrive at the stored ids of all frames and at the stored positions of all tokens. */
    void positions(String prefix, StoredRows rows, SpecialTokens tokens, FrameGrid grid) {
        SequenceReader reader = new SequenceReader(tokens, grid);
        int first = reader.firstFrame(rows.ids());
        int unit = reader.gridUnit(rows.ids(), first);
        SequenceLayout layout = new SequenceLayout(tokens, grid, unit, Arrays.copyOf(rows.ids(), first));
        List<TokenPosition> positions = new ArrayList<>();
        layout.prefixTokens().forEach(token -> positions.add(token.position()));
        int[] ids = rows.ids().clone();
        int[] frameIds = new int[grid.frameLength()];
        int index = first;
        for (long frame = 0; index < rows.size() && reader.startsFrame(rows.ids(), index); frame++) {
            layout.frameTokens(frame, frame, new BitSet()).forEach(token -> positions.add(token.position()));
            layout.writeFrame(reader.codes(rows.ids(), index), new BitSet(), frameIds);
            System.arraycopy(frameIds, 0, ids, index, frameIds.length);
            index += grid.frameLength();
        }
        while (positions.size() < rows.size()) {
            positions.add(TokenPosition.text(positions.size()));
        }
        checks.exact(
                prefix + "input_ids", Arrays.stream(rows.ids()).asLongStream().toArray(), ids);
        checks.exact(prefix + "pos", flat(rows.positions()), flat(positions));
    }

    void mask(GoldenFile file, String prefix, StoredRows rows, SequenceReader reader) throws IOException {
        if (!file.has(prefix + "mask")) {
            return;
        }
        int size = rows.size();
        int[] visible = Visibility.of(reader.describe(rows, 0), 0);
        long[] found = new long[Math.multiplyExact(size, size)];
        for (int row = 0; row < size; row++) {
            Arrays.fill(found, row * size, row * size + visible[row], 1);
        }
        checks.exact(prefix + "mask", file.integers(prefix + "mask"), found);
    }

    /**
     * Cosines, sines and, where stored, a rotated matrix.
     *
     * @param suffix what follows {@code cos} in the names
     */
    void rotation(
            GoldenFile file, String prefix, String suffix, List<TokenPosition> positions, int headSize, double theta)
            throws IOException {
        int rows = positions.size();
        float[] cos = file.floats(prefix + "cos" + suffix, rows, headSize);
        float[] sin = file.floats(prefix + "sin" + suffix, rows, headSize);
        RotaryTable table = RotaryTable.of(new MmRope(headSize, theta), positions);
        checks.within(prefix + "cos" + suffix, cos, table.doubled(table.cos()), Checks.TIGHT);
        checks.within(prefix + "sin" + suffix, sin, table.doubled(table.sin()), Checks.TIGHT);
        if (file.has(prefix + "rot_in" + suffix)) {
            float[] input = file.floats(prefix + "rot_in" + suffix, rows, headSize);
            float[] expected = file.floats(prefix + "rot_out" + suffix, rows, headSize);
            checks.withinSpread(prefix + "rot_out" + suffix, expected, rotate(input, table, headSize));
        }
    }

    /** A pattern whose ratio is not written down: 0.7 unless its length says otherwise. */
    void historyPattern(GoldenFile file, String name, FrameGrid grid) throws IOException {
        long[] expected = file.integers(name);
        int length = grid.contentLength();
        double ratio =
                expected.length == Math.rint(0.7 * length) ? 0.7 : Math.min(1, (double) expected.length / length);
        checks.exact(name, expected, HistoryMask.of(length, ratio).stream().toArray());
    }

    private void sequence(GoldenFile file, String prefix, SpecialTokens tokens, double theta) throws IOException {
        StoredRows rows = StoredRows.read(file, prefix, Integer.MAX_VALUE);
        FrameGrid grid = SequenceReader.gridOf(rows.ids(), tokens)
                .orElseThrow(() -> new CheckpointException(file.place(prefix + "input_ids") + " holds no whole frame"));
        positions(prefix, rows, tokens, grid);
        mask(file, prefix, rows, new SequenceReader(tokens, grid));
        String table = prefix + "cos";
        for (String name : file.names()) {
            if (name.startsWith(table) && name.substring(table.length()).matches("[0-9]{1,4}")) {
                int headSize = Integer.parseInt(name.substring(table.length()));
                double base =
                        prefix.equals(REAL) && !wasRotatedWith(theta, file, name, rows, headSize) ? REAL_THETA : theta;
                rotation(file, prefix, Integer.toString(headSize), rows.positions(), headSize, base);
            }
        }
    }

    /** A folder of a model with another base may have used it here too; the table itself tells. */
    private static boolean wasRotatedWith(double theta, GoldenFile file, String name, StoredRows rows, int headSize)
            throws IOException {
        float[] cos = file.floats(name, rows.size(), headSize);
        RotaryTable table = RotaryTable.of(new MmRope(headSize, theta), rows.positions());
        Checks trial = new Checks();
        trial.within(name, cos, table.doubled(table.cos()), Checks.TIGHT);
        return trial.list().get(0).passed();
    }

    private float[] rotate(float[] input, RotaryTable table, int headSize) {
        int rows = input.length / headSize;
        try (Tensor x = backend.allocate(rows, headSize);
                Tensor cos = backend.allocate(rows, headSize / 2);
                Tensor sin = backend.allocate(rows, headSize / 2)) {
            x.write(0, input, 0, rows);
            cos.write(0, table.cos(), 0, rows);
            sin.write(0, table.sin(), 0, rows);
            backend.rotate(x, rows, 1, cos, sin);
            float[] output = new float[input.length];
            x.read(0, output, 0, rows);
            return output;
        }
    }

    /** Named {@code history_mask.LENGTH.RATIO}. */
    private void historyMask(GoldenFile file, String name) throws IOException {
        String[] parts = name.split("\\.", 3);
        int[] found;
        try {
            found = HistoryMask.of(Integer.parseInt(parts[1]), Double.parseDouble(parts[2])).stream()
                    .toArray();
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new CheckpointException(file.place(name) + " is not named history_mask.LENGTH.RATIO", e);
        }
        checks.exact(name, file.integers(name), found);
    }

    static long[] flat(List<TokenPosition> positions) {
        return positions.stream()
                .flatMapToLong(p -> LongStream.of(p.visual() ? 1 : 0, p.index(), p.t(), p.h(), p.w()))
                .toArray();
    }
}
