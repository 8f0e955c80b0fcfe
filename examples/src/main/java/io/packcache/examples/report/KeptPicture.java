package io.packcache.examples.report;

import io.packcache.examples.report.PolicyMeasures.KeptFrame;
import java.util.List;
import java.util.Locale;

/** Which codes of each frame were kept, as SVG: one grid per frame, oldest first, stronger the more layers and heads hold it. */
final class KeptPicture {

    private static final int CELL = 9;
    private static final int GAP = 14;
    private static final int CAPTION = 16;

    private KeptPicture() {}

    static String svg(List<KeptFrame> frames) {
        StringBuilder grids = new StringBuilder();
        int x = 0;
        int height = CAPTION;
        for (KeptFrame frame : frames) {
            double[][] shares = frame.shares();
            for (int row = 0; row < shares.length; row++) {
                for (int column = 0; column < shares[row].length; column++) {
                    grids.append(String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill-opacity=\"%.2f\"/>",
                            x + column * CELL,
                            CAPTION + row * CELL,
                            CELL - 1,
                            CELL - 1,
                            0.08 + 0.92 * shares[row][column]));
                }
            }
            grids.append(String.format(
                    Locale.ROOT, "<text x=\"%d\" y=\"11\" font-size=\"11\">frame %d</text>", x, frame.frame() + 1));
            x += shares[0].length * CELL + GAP;
            height = Math.max(height, CAPTION + shares.length * CELL);
        }
        return String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"Kept codes by frame\" fill=\"#3b82d6\">%s</svg>",
                x,
                height,
                x,
                grids);
    }
}
