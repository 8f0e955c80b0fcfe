package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.Objects;

/**
 * A backend that checks every call before its subclass computes.
 *
 * <p>The kernels of a subclass may therefore trust that all shapes agree, that all ranges lie inside their tensors, and
 * that the tensors they get are their own.
 *
 * @param <T> the tensors of the subclass
 */
public abstract class CheckedBackend<T extends Tensor> implements Backend {

    private final RowGather gather = new RowGather(0);

    @Override
    public final Weights pack(float[] matrix, int outputs, int inputs, float[] bias) {
        if (outputs < 1 || inputs < 1 || matrix.length != (long) outputs * inputs) {
            throw new IllegalArgumentException("a matrix of " + outputs + " outputs x " + inputs + " inputs needs "
                    + (long) outputs * inputs + " values, not " + matrix.length);
        }
        Weights weights = pack(new ArrayMatrix(matrix, outputs, inputs), bias);
        weights.prepare();
        return weights;
    }

    @Override
    public final Weights pack(MatrixSource matrix, float[] bias) {
        if (bias != null && bias.length != matrix.outputs()) {
            throw new IllegalArgumentException(
                    "a bias for " + matrix.outputs() + " outputs needs as many values, not " + bias.length);
        }
        return packChecked(matrix, bias);
    }

    @Override
    public final void embed(Tensor table, Indices rows, int count, Tensor out) {
        requireColumns("out", out, table.columns());
        Objects.checkFromIndexSize(0, count, rows.length());
        requireRows("out", out, 0, count);
        if (rows.bound() > table.rows()) {
            throw new IndexOutOfBoundsException(
                    "row " + (rows.bound() - 1) + " is wanted of a table of " + table.rows() + " rows");
        }
        embedChecked(own(table), rows, count, own(out));
    }

    @Override
    public final void multiply(Tensor x, int firstRow, int rows, Weights weights, Tensor y) {
        requireColumns("x", x, weights.inputs());
        requireColumns("y", y, weights.outputs());
        requireRows("x", x, firstRow, rows);
        requireRows("y", y, firstRow, rows);
        requireApart("y", y, x);
        multiplyChecked(own(x), firstRow, rows, weights, own(y));
    }

    @Override
    public final void rmsNorm(Tensor x, int rows, Tensor weight, float epsilon, Tensor y) {
        requireColumns("weight", weight, x.columns());
        requireColumns("y", y, x.columns());
        requireRows("x", x, 0, rows);
        requireRows("y", y, 0, rows);
        rmsNormChecked(own(x), rows, own(weight), epsilon, own(y));
    }

    @Override
    public final void headNorm(Tensor x, int rows, int heads, Tensor weight, Tensor bias, float epsilon) {
        requireRows("x", x, 0, rows);
        requireDivides("x", x.columns(), "heads", heads);
        requireDivides("heads", heads, "groups", weight.rows());
        requireColumns("weight", weight, x.columns() / heads);
        requireColumns("bias", bias, x.columns() / heads);
        requireRows("bias", bias, 0, weight.rows());
        headNormChecked(own(x), rows, heads, own(weight), own(bias), epsilon);
    }

    @Override
    public final void rotate(Tensor x, int rows, int heads, Tensor cos, Tensor sin) {
        requireRows("x", x, 0, rows);
        requireRows("cos", cos, 0, rows);
        requireRows("sin", sin, 0, rows);
        requireDivides("x", x.columns(), "2 x heads", 2 * heads);
        requireColumns("cos", cos, x.columns() / heads / 2);
        requireColumns("sin", sin, x.columns() / heads / 2);
        rotateChecked(own(x), rows, heads, own(cos), own(sin));
    }

    @Override
    public final void swiGlu(Tensor gate, Tensor up, int rows, Tensor out) {
        requireColumns("up", up, gate.columns());
        requireColumns("out", out, gate.columns());
        requireRows("gate", gate, 0, rows);
        requireRows("up", up, 0, rows);
        requireRows("out", out, 0, rows);
        swiGluChecked(own(gate), own(up), rows, own(out));
    }

    @Override
    public final void add(Tensor x, int rows, Tensor target) {
        requireColumns("target", target, x.columns());
        requireRows("x", x, 0, rows);
        requireRows("target", target, 0, rows);
        addChecked(own(x), rows, own(target));
    }

    @Override
    public final void storeHeads(Tensor x, int firstRow, int rows, Tensor[] heads, int[] atRow) {
        requireRows("x", x, firstRow, rows);
        requireDivides("x", x.columns(), "heads", heads.length);
        for (int h = 0; h < heads.length; h++) {
            requireColumns("a head", heads[h], x.columns() / heads.length);
            requireRows("a head", heads[h], atRow[h], rows);
        }
        storeHeadsChecked(own(x), firstRow, rows, heads, atRow);
    }

    @Override
    public final void attention(Attention call) {
        if (call.rows() == 0) {
            return;
        }
        requireDivides("heads", call.heads(), "KV heads", call.cells().length);
        requireDivides("queries", call.queries().columns(), "heads", call.heads());
        requireColumns("output", call.output(), call.queries().columns());
        requireRows("queries", call.queries(), call.firstRow(), call.rows());
        requireRows("output", call.output(), call.firstRow(), call.rows());
        requireApart("output", call.output(), call.queries());
        int headSize = call.queries().columns() / call.heads();
        for (CellRows cell : call.cells()) {
            requireCell(cell, headSize);
        }
        requireVisible(call);
        attentionChecked(call);
    }

    @Override
    public final void attentionWeights(float[] queries, int count, CellRows cell, float[] weights) {
        requireQueries(queries, count, cell, weights.length, (long) cell.rows() * count);
        attentionWeightsChecked(queries, count, cell, weights);
    }

    @Override
    public final void attentionMass(float[] queries, int count, CellRows cell, float[] mass) {
        requireQueries(queries, count, cell, mass.length, cell.rows());
        attentionMassChecked(queries, count, cell, mass);
    }

    @Override
    public final void moveRows(Tensor tensor, int from, int to, int count) {
        requireRows("tensor", tensor, from, count);
        requireRows("tensor", tensor, to, count);
        moveRowsChecked(own(tensor), from, to, count);
    }

    @Override
    public final void copyRows(Tensor from, int fromRow, Tensor to, int toRow, int count) {
        requireColumns("to", to, from.columns());
        requireRows("from", from, fromRow, count);
        requireRows("to", to, toRow, count);
        requireApart("to", to, from);
        copyRowsChecked(own(from), fromRow, own(to), toRow, count);
    }

    @Override
    public final RowGather startGather(int pairs) {
        gather.start(pairs);
        return gather;
    }

    @Override
    public final void gather(RowGather rows, Tensor[] turned, Tensor[] moved) {
        for (Tensor tensor : turned) {
            requireRows("a turned tensor", own(tensor), 0, rows.end());
            requireColumns("a turned tensor", tensor, 2 * rows.pairs());
        }
        for (Tensor tensor : moved) {
            requireRows("a moved tensor", own(tensor), 0, rows.end());
        }
        gatherChecked(rows, turned, moved);
    }

    @Override
    public final void rotateRows(Tensor tensor, int firstRow, int count, double[] cos, double[] sin) {
        requireRows("tensor", tensor, firstRow, count);
        int half = tensor.columns() / 2;
        if (tensor.columns() % 2 != 0 || cos.length != half || sin.length != half) {
            throw new IllegalArgumentException(
                    "rows of " + tensor.columns() + " channels need half as many angles, not " + cos.length
                            + " cosines and " + sin.length + " sines");
        }
        rotateRowsChecked(own(tensor), firstRow, count, cos, sin);
    }

    @Override
    public final void sample(
            Tensor guided,
            int guidedRow,
            Tensor unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities) {
        requireRows("guided", guided, guidedRow, rows);
        if (unguided != null) {
            requireRows("unguided", unguided, unguidedRow, rows);
            requireColumns("unguided", unguided, guided.columns());
        }
        if (!(temperature >= 0) || !Float.isFinite(temperature)) {
            throw new IllegalArgumentException("temperature must be 0 or a positive number, not " + temperature);
        }
        Objects.checkFromIndexSize(0, rows, Math.min(uniforms.length, Math.min(columns.length, probabilities.length)));
        for (int r = 0; r < rows; r++) {
            requireUniform(uniforms[r], r);
        }
        T other = unguided == null ? null : own(unguided);
        sampleChecked(
                own(guided),
                guidedRow,
                other,
                unguidedRow,
                rows,
                guidance,
                temperature,
                uniforms,
                columns,
                probabilities);
    }

    /**
     * The tensor as one of the subclass.
     *
     * @throws IllegalArgumentException if it is none
     */
    protected abstract T own(Tensor tensor);

    protected abstract void embedChecked(T table, Indices rows, int count, T out);

    protected abstract void storeHeadsChecked(T x, int firstRow, int rows, Tensor[] heads, int[] atRow);

    protected abstract void moveRowsChecked(T tensor, int from, int to, int count);

    protected abstract void copyRowsChecked(T from, int fromRow, T to, int toRow, int count);

    /** Unless a subclass knows better, on the host. */
    protected void attentionWeightsChecked(float[] queries, int count, CellRows cell, float[] weights) {
        new AttentionWeights(queries, count, cell, weights).compute();
    }

    /** Unless a subclass knows better, on the host. */
    protected void attentionMassChecked(float[] queries, int count, CellRows cell, float[] mass) {
        float[] weights = new float[Math.multiplyExact(cell.rows(), count)];
        attentionWeightsChecked(queries, count, cell, weights);
        for (int row = 0; row < cell.rows(); row++) {
            double sum = 0;
            for (int query = 0; query < count; query++) {
                sum += weights[row * count + query];
            }
            mass[row] = (float) (sum / count);
        }
    }

    /** Unless a subclass knows better, in two passes. */
    protected void gatherChecked(RowGather rows, Tensor[] turned, Tensor[] moved) {
        Backend.super.gather(rows, turned, moved);
    }

    protected abstract void rotateRowsChecked(T tensor, int firstRow, int count, double[] cos, double[] sin);

    protected abstract Weights packChecked(MatrixSource matrix, float[] bias);

    protected abstract void multiplyChecked(T x, int firstRow, int rows, Weights weights, T y);

    protected abstract void rmsNormChecked(T x, int rows, T weight, float epsilon, T y);

    protected abstract void headNormChecked(T x, int rows, int heads, T weight, T bias, float epsilon);

    protected abstract void rotateChecked(T x, int rows, int heads, T cos, T sin);

    protected abstract void swiGluChecked(T gate, T up, int rows, T out);

    protected abstract void addChecked(T x, int rows, T target);

    protected abstract void attentionChecked(Attention call);

    protected abstract void sampleChecked(
            T guided,
            int guidedRow,
            T unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities);

    /** A matrix in an array of the caller's, row-major, as a source to pack. */
    public static MatrixSource matrix(float[] values, int outputs, int inputs) {
        return new ArrayMatrix(values, outputs, inputs);
    }

    /** Says which row of the logits cannot be sampled, where its largest value or the sum over it is not a number. */
    public static void requireFinite(double value, int row) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException("logits of row " + row + " cannot be sampled: they contain " + value
                    + " or overflow; the weights or the guidance are wrong");
        }
    }

    /**
     * Refuses numbers that do not fit the steps of a frame, see {@link io.packcache.kvcache.compute.MaskedFrame#begin}.
     *
     * @param noise may be null
     */
    public static void requireNumbers(MaskedLayout layout, float[] uniforms, double[] noise) {
        long count = (long) layout.steps() * layout.codes();
        if (uniforms.length != count || (noise != null && noise.length != count)) {
            throw new IllegalArgumentException(layout.steps() + " steps of " + layout.codes() + " codes need " + count
                    + " numbers, got " + uniforms.length + " and " + (noise == null ? "none" : noise.length));
        }
        for (int i = 0; i < uniforms.length; i++) {
            requireUniform(uniforms[i], i);
        }
    }

    /**
     * The number that all indices are below.
     *
     * @param length how many there may be
     */
    public static int boundOf(int[] values, int count, int length) {
        Objects.checkFromIndexSize(0, count, Math.min(values.length, length));
        int largest = -1;
        for (int i = 0; i < count; i++) {
            Objects.checkIndex(values[i], Integer.MAX_VALUE);
            largest = Math.max(largest, values[i]);
        }
        return largest + 1;
    }

    private static void requireUniform(float uniform, int row) {
        if (!(uniform >= 0 && uniform < 1)) {
            throw new IllegalArgumentException("uniform " + uniform + " of row " + row + " lies outside [0, 1)");
        }
    }

    private static void requireRows(String name, Tensor tensor, int first, int count) {
        if (first < 0 || count < 0 || (long) first + count > tensor.rows()) {
            throw new IndexOutOfBoundsException("rows " + first + " to " + ((long) first + count) + " of " + name
                    + " lie outside its " + tensor.rows() + " rows");
        }
    }

    private static void requireColumns(String name, Tensor tensor, int columns) {
        if (tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " has " + tensor.columns() + " columns, needs " + columns);
        }
    }

    private static void requireDivides(String name, int value, String divisorName, int divisor) {
        if (divisor < 1 || value % divisor != 0) {
            throw new IllegalArgumentException(
                    name + " (" + value + ") cannot be divided evenly into " + divisor + " " + divisorName);
        }
    }

    private static void requireApart(String name, Tensor written, Tensor read) {
        if (written == read) {
            throw new IllegalArgumentException(name + " must not be the tensor that is read");
        }
    }

    private void requireQueries(float[] queries, int count, CellRows cell, int length, long needed) {
        int size = own(cell.keys()).columns();
        requireCell(cell, size);
        if (count < 1 || queries.length < (long) count * size || length < needed) {
            throw new IllegalArgumentException(count + " queries of " + size + " channels and " + needed
                    + " weights do not fit into " + queries.length + " and " + length + " values");
        }
    }

    private static void requireCell(CellRows cell, int headSize) {
        if (cell.count() < 1) {
            throw new IllegalArgumentException("attention needs at least 1 key, not " + cell.count());
        }
        requireColumns("keys", cell.keys(), headSize);
        requireColumns("values", cell.values(), headSize);
        requireRows("keys", cell.keys(), 0, cell.count());
        requireRows("values", cell.values(), 0, cell.count());
        requireBias(cell.bias(), cell.count());
        for (int p = 0; p < cell.pages().size(); p++) {
            requirePage(cell.pages().get(p), headSize);
        }
    }

    private static void requirePage(Page page, int headSize) {
        EncodedRows keys = page.keys();
        EncodedRows values = page.values();
        if (keys.columns() != headSize || values.columns() != headSize || keys.rows() != values.rows()) {
            throw new IllegalArgumentException("a page holds " + keys.rows() + " keys of " + keys.columns()
                    + " channels and " + values.rows() + " values of " + values.columns()
                    + "; both need as many rows, and " + headSize + " channels");
        }
        requireBias(page.bias(), page.rows());
        boolean turned = page.cos() != null || page.sin() != null;
        if (turned
                && (headSize % 2 != 0
                        || lengthOf(page.cos()) != headSize / 2
                        || lengthOf(page.sin()) != headSize / 2)) {
            throw new IllegalArgumentException("the turn of a page needs half as many angles as " + headSize
                    + " channels, not " + lengthOf(page.cos()) + " cosines and " + lengthOf(page.sin()) + " sines");
        }
    }

    private static void requireBias(float[] bias, int rows) {
        if (bias != null && bias.length < rows) {
            throw new IllegalArgumentException("a bias for " + rows + " rows needs as many values, not " + bias.length);
        }
    }

    private static int lengthOf(float[] values) {
        return values == null ? 0 : values.length;
    }

    private static void requireVisible(Attention call) {
        if (call.hidden() == null) {
            return;
        }
        Objects.checkFromIndexSize(0, call.rows(), call.hidden().length);
        int fewest = Integer.MAX_VALUE;
        for (CellRows cell : call.cells()) {
            fewest = Math.min(fewest, cell.count());
        }
        for (int r = 0; r < call.rows(); r++) {
            if (call.hidden()[r] < 0 || call.hidden()[r] >= fewest) {
                throw new IllegalArgumentException("query " + r + " does not see " + call.hidden()[r] + " of " + fewest
                        + " keys; it must see at least 1 and at most all");
            }
        }
    }
}
