package io.packcache.examples.lab;

import io.packcache.examples.world.CaptionClaims.ObjectClaim;
import io.packcache.examples.world.CaptionParser;
import io.packcache.examples.world.ClipJudge;
import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.Judgement;
import io.packcache.stream.frame.VideoFrame;
import java.util.List;
import java.util.Optional;

/** How often the objects of generated clips do what their captions say, found by a program in the pictures. */
public final class Obedience {

    private final ClipJudge judge;

    private int objects;
    private int colour;
    private int direction;
    private int shape;
    private int obeyed;
    private int sizesSaid;
    private int size;
    private int lastPicture;

    /** Judges pictures of a world of this geometry. */
    public Obedience(Geometry field) {
        judge = new ClipJudge(field);
    }

    /** Judges every object that a caption names. */
    public void add(String caption, List<VideoFrame> pictures) {
        List<ObjectClaim> claims = CaptionParser.parse(caption).objects();
        List<byte[]> rgb = pictures.stream().map(VideoFrame::rgb).toList();
        claims.forEach(claim -> add(claim, rgb, claims.size() == 1));
    }

    private void add(ObjectClaim claim, List<byte[]> rgb, boolean alone) {
        Judgement found = look(claim, rgb, alone);
        boolean shapeRight = found.shape().equals(Optional.of(claim.shape()));
        boolean colourRight = found.colour().equals(Optional.of(claim.colour()));
        boolean directionRight = found.direction().equals(Optional.of(claim.direction()));
        objects++;
        colour += one(colourRight);
        direction += one(directionRight);
        shape += one(shapeRight);
        obeyed += one(colourRight && shapeRight && directionRight);
        sizesSaid += one(claim.size().isPresent());
        size += one(claim.size().isPresent() && found.size().equals(claim.size()));
        lastPicture += one(found.presentLast());
    }

    /** An object that should be alone is whatever is seen; one among others is what is seen in its colour. */
    private Judgement look(ObjectClaim claim, List<byte[]> rgb, boolean alone) {
        return alone ? judge.judge(rgb) : judge.judge(rgb, claim.colour());
    }

    /** Share of objects with the colour named. */
    public Share colour() {
        return new Share(colour, objects);
    }

    /** Share of objects that first move in the direction named. */
    public Share direction() {
        return new Share(direction, objects);
    }

    /** Share of objects with the shape named. */
    public Share shape() {
        return new Share(shape, objects);
    }

    /** Share of objects with the colour, the shape and the direction named. */
    public Share obeyed() {
        return new Share(obeyed, objects);
    }

    /** Share, of the objects whose size the caption names, that have it. */
    public Share size() {
        return new Share(size, sizesSaid);
    }

    /** Share of objects seen in the last picture. */
    public Share lastPicture() {
        return new Share(lastPicture, objects);
    }

    private static int one(boolean holds) {
        return holds ? 1 : 0;
    }
}
