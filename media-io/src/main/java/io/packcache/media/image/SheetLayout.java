package io.packcache.media.image;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Where everything stands on a contact sheet, from the sizes of its texts and pictures. */
final class SheetLayout {

    static final int MARGIN = 24;
    static final int GAP = 6;
    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    static final Font LABEL = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    static final Font NOTE = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    /** What stands beside each other: texts at the left, then pictures. */
    record Row(String label, List<String> notes, List<BufferedImage> images) {

        int imageHeight() {
            return images.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow();
        }

        int textHeight(SheetLayout layout) {
            return layout.label.getHeight() + notes.size() * layout.note.getHeight();
        }

        int height(SheetLayout layout) {
            return Math.max(imageHeight(), textHeight(layout));
        }
    }

    final FontMetrics title;
    final FontMetrics label;
    final FontMetrics note;
    final int width;
    final int height;
    final int rowsTop;
    private final int columnWidth;
    private final int labelWidth;

    SheetLayout(String title, String caption, List<String> columns, List<Row> rows) {
        Graphics2D pen = pen(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
        this.title = pen.getFontMetrics(TITLE);
        label = pen.getFontMetrics(LABEL);
        note = pen.getFontMetrics(NOTE);
        pen.dispose();
        int labels = 0;
        int images = 0;
        int most = columns.size();
        for (Row row : rows) {
            labels = Math.max(labels, label.stringWidth(row.label));
            for (String line : row.notes) {
                labels = Math.max(labels, note.stringWidth(line));
            }
            for (BufferedImage image : row.images) {
                images = Math.max(images, image.getWidth());
            }
            most = Math.max(most, row.images.size());
        }
        for (String heading : columns) {
            images = Math.max(images, note.stringWidth(heading));
        }
        labelWidth = labels == 0 ? 0 : labels + MARGIN;
        columnWidth = images + GAP;
        int heads = this.title.stringWidth(title);
        heads = Math.max(heads, note.stringWidth(caption));
        width = 2 * MARGIN + Math.max(heads, labelWidth + most * columnWidth - GAP);
        rowsTop = top(!title.isEmpty(), !caption.isEmpty(), !columns.isEmpty());
        height = rowsTop + rows.stream().mapToInt(row -> row.height(this) + GAP).sum() - GAP + MARGIN;
    }

    private int top(boolean titled, boolean captioned, boolean headed) {
        int top = MARGIN;
        top += titled ? title.getHeight() : 0;
        top += captioned ? note.getHeight() : 0;
        top += top > MARGIN ? GAP : 0;
        return top + (headed ? note.getHeight() + GAP : GAP);
    }

    int column(int index) {
        return MARGIN + labelWidth + index * columnWidth;
    }

    static Graphics2D pen(BufferedImage image) {
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        return pen;
    }
}
