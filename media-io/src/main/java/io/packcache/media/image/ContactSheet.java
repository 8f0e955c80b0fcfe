package io.packcache.media.image;

import io.packcache.media.colour.NearestScaler;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Many pictures on one sheet: a title, a row for each thing compared with its label at the left, a heading over each
 * column. Pictures are enlarged by a whole factor with hard edges. One thread at a time.
 */
public final class ContactSheet {

    private static final int MARGIN = 24;
    private static final int GAP = 6;
    private static final Color PAPER = new Color(0xFFFFFF);
    private static final Color INK = new Color(0x1F2328);
    private static final Color FAINT_INK = new Color(0x656D76);
    private static final Color EDGE = new Color(0xD0D7DE);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    private static final Font LABEL = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Font NOTE = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    private final String title;
    private final String caption;
    private final int factor;
    private final List<String> columns = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /**
     * @param title first line; may be empty
     * @param caption second line, smaller; may be empty
     * @param factor how much each picture is enlarged, at least 1
     */
    public ContactSheet(String title, String caption, int factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("pictures are enlarged by at least 1, got " + factor);
        }
        this.title = title;
        this.caption = caption;
        this.factor = factor;
    }

    /** Sets the headings over the columns, from the left. Returns this sheet. */
    public ContactSheet columns(List<String> headings) {
        columns.clear();
        columns.addAll(headings);
        return this;
    }

    /**
     * Adds a row of pictures of any one size; they are copied and stay the caller's to release.
     *
     * @param label what the row shows
     * @param notes lines under the label, smaller
     * @return this sheet
     */
    public ContactSheet row(String label, List<String> notes, List<VideoFrame> pictures) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("row " + label + " has no pictures");
        }
        List<BufferedImage> images = new ArrayList<>();
        for (VideoFrame picture : pictures) {
            images.add(enlarged(picture));
        }
        rows.add(new Row(label, List.copyOf(notes), images));
        return this;
    }

    /**
     * Draws the sheet into a PNG file.
     *
     * @throws SinkException if the file exists and may not be replaced, or cannot be written
     * @throws IllegalStateException if the sheet has no rows
     */
    public void write(Path file, boolean overwrite) throws SinkException {
        PngWriter.write(draw(), file, overwrite);
    }

    /** Draws the sheet as one picture of a film that shows things side by side; unpooled. */
    public VideoFrame picture(long pts, TimeBase timeBase) {
        BufferedImage sheet = draw();
        try {
            byte[] rgb = FlatPixels.of(sheet).rgb();
            return VideoFrame.unpooled(sheet.getWidth(), sheet.getHeight(), pts, timeBase, rgb);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    BufferedImage draw() {
        if (rows.isEmpty()) {
            throw new IllegalStateException("a contact sheet needs at least one row");
        }
        Layout layout = new Layout();
        BufferedImage sheet = new BufferedImage(layout.width, layout.height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = pen(sheet);
        try {
            pen.setColor(PAPER);
            pen.fillRect(0, 0, layout.width, layout.height);
            drawHead(pen, layout);
            int top = layout.rowsTop;
            for (Row row : rows) {
                drawRow(pen, row, layout, top);
                top += row.height(layout) + GAP;
            }
        } finally {
            pen.dispose();
        }
        return sheet;
    }

    private void drawHead(Graphics2D pen, Layout layout) {
        int baseline = MARGIN;
        if (!title.isEmpty()) {
            text(pen, TITLE, INK, title, MARGIN, baseline + layout.title.getAscent());
            baseline += layout.title.getHeight();
        }
        if (!caption.isEmpty()) {
            text(pen, NOTE, FAINT_INK, caption, MARGIN, baseline + layout.note.getAscent());
        }
        for (int i = 0; i < columns.size(); i++) {
            text(pen, NOTE, FAINT_INK, columns.get(i), layout.column(i), layout.rowsTop - layout.note.getDescent() - 2);
        }
    }

    private void drawRow(Graphics2D pen, Row row, Layout layout, int top) {
        int textHeight = row.textHeight(layout);
        int line = top + Math.max(0, (row.imageHeight() - textHeight) / 2);
        text(pen, LABEL, INK, row.label, MARGIN, line + layout.label.getAscent());
        line += layout.label.getHeight();
        for (String note : row.notes) {
            text(pen, NOTE, FAINT_INK, note, MARGIN, line + layout.note.getAscent());
            line += layout.note.getHeight();
        }
        for (int i = 0; i < row.images.size(); i++) {
            BufferedImage image = row.images.get(i);
            pen.drawImage(image, layout.column(i), top, null);
            pen.setColor(EDGE);
            pen.drawRect(layout.column(i) - 1, top - 1, image.getWidth() + 1, image.getHeight() + 1);
        }
    }

    private static void text(Graphics2D pen, Font font, Color ink, String text, int x, int baseline) {
        pen.setFont(font);
        pen.setColor(ink);
        pen.drawString(text, x, baseline);
    }

    private BufferedImage enlarged(VideoFrame picture) {
        int width = Math.multiplyExact(picture.width(), factor);
        int height = Math.multiplyExact(picture.height(), factor);
        NearestScaler scaler = new NearestScaler(picture.width(), picture.height(), width, height);
        byte[] rgb = new byte[scaler.scaledBytes()];
        scaler.scale(picture.rgb(), rgb);
        return PngWriter.image(rgb, width, height);
    }

    private static Graphics2D pen(BufferedImage image) {
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        return pen;
    }

    private record Row(String label, List<String> notes, List<BufferedImage> images) {

        int imageHeight() {
            return images.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow();
        }

        int textHeight(Layout layout) {
            return layout.label.getHeight() + notes.size() * layout.note.getHeight();
        }

        int height(Layout layout) {
            return Math.max(imageHeight(), textHeight(layout));
        }
    }

    /** Where everything stands, from the sizes of texts and pictures. */
    private final class Layout {
        final FontMetrics title;
        final FontMetrics label;
        final FontMetrics note;
        final int width;
        final int height;
        final int rowsTop;
        private final int columnWidth;
        private final int labelWidth;

        Layout() {
            Graphics2D pen = pen(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
            title = pen.getFontMetrics(TITLE);
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
            int heads = title.stringWidth(ContactSheet.this.title);
            heads = Math.max(heads, note.stringWidth(caption));
            width = 2 * MARGIN + Math.max(heads, labelWidth + most * columnWidth - GAP);
            rowsTop = top();
            height = rowsTop
                    + rows.stream().mapToInt(row -> row.height(this) + GAP).sum()
                    - GAP
                    + MARGIN;
        }

        private int top() {
            int top = MARGIN;
            top += ContactSheet.this.title.isEmpty() ? 0 : title.getHeight();
            top += caption.isEmpty() ? 0 : note.getHeight();
            top += top > MARGIN ? GAP : 0;
            return top + (columns.isEmpty() ? GAP : note.getHeight() + GAP);
        }

        int column(int index) {
            return MARGIN + labelWidth + index * columnWidth;
        }
    }
}
