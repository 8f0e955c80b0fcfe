package io.packcache.examples.lab;

import io.packcache.examples.world.CaptionClaims.ObjectClaim;
import io.packcache.examples.world.CaptionParser;
import io.packcache.examples.world.ClipJudge;
import io.packcache.examples.world.Judgement;
import io.packcache.stream.frame.VideoFrame;
import java.util.List;
import java.util.Optional;

/** How often generated clips do what their captions say, found by a program in the pictures. */
public final class Obedience {

    private final ClipJudge judge = new ClipJudge();

    private int clips;
    private int colour;
    private int direction;
    private int shape;
    private int sizesSaid;
    private int size;
    private int lastPicture;
    private int everyPicture;

    /** Judges one clip of the world's size. */
    public void add(String caption, List<VideoFrame> pictures) {
        ObjectClaim claim = CaptionParser.parse(caption).main();
        Judgement found = judge.judge(pictures.stream().map(VideoFrame::rgb).toList());
        boolean colourRight = found.colour().equals(Optional.of(claim.colour()));
        clips++;
        colour += one(colourRight);
        direction += one(found.direction().equals(Optional.of(claim.direction())));
        shape += one(found.shape().equals(Optional.of(claim.shape())));
        sizesSaid += one(claim.size().isPresent());
        size += one(claim.size().isPresent() && found.size().equals(claim.size()));
        lastPicture += one(found.presentLast());
        everyPicture += one(found.presentAlways() && colourRight);
    }

    /** Share of clips whose object has the colour named, 0 to 1. */
    public double colour() {
        return share(colour, clips);
    }

    /** Share whose object first moves in the direction named. */
    public double direction() {
        return share(direction, clips);
    }

    /** Share whose object has the shape named. */
    public double shape() {
        return share(shape, clips);
    }

    /** Share, of the clips whose caption names a size, in which the object has it. */
    public double size() {
        return share(size, sizesSaid);
    }

    /** Share with an object in the last picture. */
    public double lastPicture() {
        return share(lastPicture, clips);
    }

    /** Share with an object of the right colour in every picture. */
    public double everyPicture() {
        return share(everyPicture, clips);
    }

    private static int one(boolean holds) {
        return holds ? 1 : 0;
    }

    private static double share(int count, int of) {
        return of == 0 ? Double.NaN : (double) count / of;
    }
}
