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
    private int continued;

    /** Judges one clip of the world's size. */
    public void add(String caption, List<VideoFrame> pictures) {
        ObjectClaim claim = CaptionParser.parse(caption).main();
        List<byte[]> rgb = pictures.stream().map(VideoFrame::rgb).toList();
        Judgement found = judge.judge(rgb);
        boolean shapeRight = found.shape().equals(Optional.of(claim.shape()));
        boolean colourRight = found.colour().equals(Optional.of(claim.colour()));
        clips++;
        colour += one(colourRight);
        direction += one(found.direction().equals(Optional.of(claim.direction())));
        shape += one(shapeRight);
        sizesSaid += one(claim.size().isPresent());
        size += one(claim.size().isPresent() && found.size().equals(claim.size()));
        lastPicture += one(found.presentLast());
        continued += one(found.presentAlways() && colourRight && shapeRight && staysColoured(claim, rgb));
    }

    /** Whether each quarter of the clip, judged by itself, shows the colour named. */
    private boolean staysColoured(ObjectClaim claim, List<byte[]> rgb) {
        int quarter = Math.max(1, rgb.size() / 4);
        for (int from = 0; from + quarter <= rgb.size(); from += quarter) {
            Judgement part = judge.judge(rgb.subList(from, from + quarter));
            if (!part.colour().equals(Optional.of(claim.colour()))) {
                return false;
            }
        }
        return true;
    }

    /** Share of clips whose object has the colour named. */
    public Share colour() {
        return new Share(colour, clips);
    }

    /** Share whose object first moves in the direction named. */
    public Share direction() {
        return new Share(direction, clips);
    }

    /** Share whose object has the shape named. */
    public Share shape() {
        return new Share(shape, clips);
    }

    /** Share, of the clips whose caption names a size, in which the object has it. */
    public Share size() {
        return new Share(size, sizesSaid);
    }

    /** Share with an object in the last picture. */
    public Share lastPicture() {
        return new Share(lastPicture, clips);
    }

    /** Share whose object is in every picture, in the colour named throughout, and of the shape named. */
    public Share continued() {
        return new Share(continued, clips);
    }

    private static int one(boolean holds) {
        return holds ? 1 : 0;
    }
}
