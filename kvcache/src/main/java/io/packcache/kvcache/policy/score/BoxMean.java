package io.packcache.kvcache.policy.score;

import java.util.Arrays;

/**
 * Averages scores over a box in time, rows and columns around each token; places that are not held are left out of the
 * mean.
 *
 * @param frames frames to either side
 * @param rows rows to either side
 * @param columns columns to either side
 */
public record BoxMean(int frames, int rows, int columns) {

    /** The averaged scores of the tokens of {@code cell}. */
    public float[] over(Cell cell, float[] scores) {
        int content = cell.view().grid().contentLength();
        int width = cell.view().grid().columns() + 1;
        int[] tokenAt = new int[cell.frames() * content];
        Arrays.fill(tokenAt, -1);
        for (int frame = 0; frame < cell.frames(); frame++) {
            int[] places = cell.places(frame);
            for (int i = 0; i < places.length; i++) {
                tokenAt[frame * content + places[i]] = cell.first(frame) + i;
            }
        }
        float[] pooled = new float[scores.length];
        for (int name = 0; name < tokenAt.length; name++) {
            if (tokenAt[name] >= 0) {
                pooled[tokenAt[name]] = mean(scores, tokenAt, name, content, width);
            }
        }
        return pooled;
    }

    private float mean(float[] scores, int[] tokenAt, int name, int content, int width) {
        int frame = name / content;
        int row = name % content / width;
        int column = name % width;
        double sum = 0;
        int held = 0;
        for (int f = Math.max(0, frame - frames); f <= Math.min(tokenAt.length / content - 1, frame + frames); f++) {
            for (int r = Math.max(0, row - rows); r <= Math.min(content / width - 1, row + rows); r++) {
                for (int c = Math.max(0, column - columns); c <= Math.min(width - 1, column + columns); c++) {
                    int token = tokenAt[f * content + r * width + c];
                    sum += token < 0 ? 0 : scores[token];
                    held += token < 0 ? 0 : 1;
                }
            }
        }
        return (float) (sum / held);
    }
}
