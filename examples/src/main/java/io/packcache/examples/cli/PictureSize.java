package io.packcache.examples.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size in pixels, written {@code 512x512}. */
record PictureSize(int width, int height) {

    /** Pictures of models are small; files are brought to about this many pixels on the shorter side. */
    private static final int COMFORTABLE = 512;

    /** The size times the largest whole number that keeps the shorter side within comfort. */
    PictureSize comfortable() {
        int factor = Math.max(1, COMFORTABLE / Math.min(width, height));
        return new PictureSize(width * factor, height * factor);
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }

    /** Reads the command line's form. */
    static final class Converter implements ITypeConverter<PictureSize> {

        private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

        @Override
        public PictureSize convert(String text) {
            Matcher size = FORM.matcher(text);
            if (!size.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is no size; write WIDTHxHEIGHT in pixels, as 512x512");
            }
            return new PictureSize(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
        }
    }
}
