package io.packcache.examples.world;

/** A colour as three values from 0 to 255; fractions are rounded when a picture is written. */
public record Rgb(double red, double green, double blue) {

    /** The colour written as {@code 0xRRGGBB}. */
    public static Rgb ofHex(int hex) {
        return new Rgb(hex >> 16 & 0xff, hex >> 8 & 0xff, hex & 0xff);
    }

    /** The colour a share {@code weight} of the way from this one to another. */
    public Rgb towards(Rgb other, double weight) {
        return new Rgb(
                red + (other.red - red) * weight,
                green + (other.green - green) * weight,
                blue + (other.blue - blue) * weight);
    }

    /** The same hue, brighter or darker by the given factor. */
    public Rgb scaled(double factor) {
        return new Rgb(red * factor, green * factor, blue * factor);
    }
}
