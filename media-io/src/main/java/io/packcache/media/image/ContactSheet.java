package io.packcache.media.image;

import io.packcache.media.colour.NearestScaler;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
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

    private static final Color PAPER = new Color(0xFFFFFF);
    private static final Color INK = new Color(0x1F2328);
    private static final Color FAINT_INK = new Color(0x656D76);
    private static final Color EDGE = new Color(0xD0D7DE);

    private final String title;
    private final String caption;
    private final int factor;
    private final List<String> columns = new ArrayList<>();
    private final List<SheetLayout.Row> rows = new ArrayList<>();

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
        rows.add(new SheetLayout.Row(label, List.copyOf(notes), images));
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
        SheetLayout layout = new SheetLayout(title, caption, columns, rows);
        BufferedImage sheet = new BufferedImage(layout.width, layout.height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = SheetLayout.pen(sheet);
        try {
            pen.setColor(PAPER);
            pen.fillRect(0, 0, layout.width, layout.height);
            drawHead(pen, layout);
            int top = layout.rowsTop;
            for (SheetLayout.Row row : rows) {
                drawRow(pen, row, layout, top);
                top += row.height(layout) + SheetLayout.GAP;
            }
        } finally {
            pen.dispose();
        }
        return sheet;
    }

    private void drawHead(Graphics2D pen, SheetLayout layout) {
        int baseline = SheetLayout.MARGIN;
        if (!title.isEmpty()) {
            text(pen, SheetLayout.TITLE, INK, title, SheetLayout.MARGIN, baseline + layout.title.getAscent());
            baseline += layout.title.getHeight();
        }
        if (!caption.isEmpty()) {
            text(pen, SheetLayout.NOTE, FAINT_INK, caption, SheetLayout.MARGIN, baseline + layout.note.getAscent());
        }
        for (int i = 0; i < columns.size(); i++) {
            text(
                    pen,
                    SheetLayout.NOTE,
                    FAINT_INK,
                    columns.get(i),
                    layout.column(i),
                    layout.rowsTop - layout.note.getDescent() - 2);
        }
    }

    private void drawRow(Graphics2D pen, SheetLayout.Row row, SheetLayout layout, int top) {
        int textHeight = row.textHeight(layout);
        int line = top + Math.max(0, (row.imageHeight() - textHeight) / 2);
        text(pen, SheetLayout.LABEL, INK, row.label(), SheetLayout.MARGIN, line + layout.label.getAscent());
        line += layout.label.getHeight();
        for (String note : row.notes()) {
            text(pen, SheetLayout.NOTE, FAINT_INK, note, SheetLayout.MARGIN, line + layout.note.getAscent());
            line += layout.note.getHeight();
        }
        for (int i = 0; i < row.images().size(); i++) {
            BufferedImage image = row.images().get(i);
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
}
