package io.packcache.examples.lab;

/** What is measured of each clip under each policy. */
public enum Measure {
    NATS(
            "nats, all codes",
            "Negative log-likelihood of the true codes, teacher forced, from the second latent frame on"),
    NATS_MOVED("nats, codes that moved", "The same over codes that differ from the latent frame before"),
    NATS_OBJECT("nats, object codes", "The same over codes in which a part of an object is seen"),
    NATS_RETURN_1(
            "nats, back after 1 frame",
            "The same over object codes of the latent frame in which an object comes back after one latent frame out of sight"),
    NATS_RETURN_2("nats, back after 2 or more", "The same after two or more latent frames out of sight"),
    HELD_BYTES(
            "bytes held",
            "Bytes held after the last compaction, teacher forced, one branch, without room reserved for more"),
    HELD_MOST("bytes held, at most", "The most held after any compaction of the clip, as above"),
    RESIDENT_BYTES("bytes resident", "Bytes reserved for the caches of all branches after the last frame"),
    SECONDS("seconds a frame", "Median time of a latent frame over the last half of the clip, compaction included"),
    CAPTION(
            "caption obeyed",
            "Share of objects with the colour, the shape and the direction that the caption says; from text"),
    IN_PLACE(
            "in its place",
            "Share of pictures with an object in full view in which its colour is seen within 8 pixels of where it truly is; continued from the true first picture"),
    POSITION("position error, pixels", "Distance of the object from where it truly is, where it is seen"),
    COLOUR("colour kept", "Share of pictures with an object in full view in which something of its colour is seen"),
    SHAPE("shape kept", "Share of objects whose outline over the clip is the true one"),
    COUNT(
            "number of objects right",
            "Share of pictures with all objects in full view in which as many colours are seen as there are objects"),
    BACK_SOON(
            "back after 1-4 pictures",
            "Share of objects out of sight for up to 4 pictures that are within 8 pixels of their place, in their colour, when they are in full view again"),
    BACK_LATE("back after 5 or more", "The same after 5 or more pictures out of sight"),
    UNSTEADINESS(
            "unsteadiness, pixels",
            "Mean length of the second difference of the deviation from the true path: 0 is as smooth as the truth"),
    BRIGHTNESS("brightness, relative", "Mean brightness of the last 12 pictures against the truth, less 1");

    private final String label;
    private final String about;

    Measure(String label, String about) {
        this.label = label;
        this.about = about;
    }

    /** A few words for a table. */
    public String label() {
        return label;
    }

    /** What it is, in a sentence. */
    public String about() {
        return about;
    }
}
