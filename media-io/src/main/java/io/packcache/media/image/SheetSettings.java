package io.packcache.media.image;

import io.packcache.stream.spec.SettingException;

/**
 * How a contact sheet of a video is made. Each {@code withX} is a copy with one thing changed.
 *
 * @param columns pictures in a row of the sheet, 1 to 32; default 4
 * @param rows rows of the sheet, 1 to 32; default 4
 * @param width pixels in a row of each picture on the sheet, 16 to 2048; default 256; the height keeps its proportion
 * @param quality of the JPEG, 1 to 100 (best); default 90
 * @param overwrite whether a file of that name is replaced; default false
 */
public record SheetSettings(int columns, int rows, int width, int quality, boolean overwrite) {

    /** Sixteen pictures. */
    public static final SheetSettings DEFAULTS = new SheetSettings(4, 4, 256, 90, false);

    public SheetSettings {
        SettingException.requireBetween("columns", columns, 1, 32);
        SettingException.requireBetween("rows", rows, 1, 32);
        SettingException.requireBetween("width", width, 16, 2048);
        SettingException.requireBetween("quality", quality, 1, 100);
    }

    public SheetSettings withColumns(int value) {
        return new SheetSettings(value, rows, width, quality, overwrite);
    }

    public SheetSettings withRows(int value) {
        return new SheetSettings(columns, value, width, quality, overwrite);
    }

    public SheetSettings withWidth(int value) {
        return new SheetSettings(columns, rows, value, quality, overwrite);
    }

    public SheetSettings withQuality(int value) {
        return new SheetSettings(columns, rows, width, value, overwrite);
    }

    public SheetSettings withOverwrite(boolean value) {
        return new SheetSettings(columns, rows, width, quality, value);
    }
}
