package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes clips: the same options, split and seed give the same clip. */
public final class World {
    /** Captions written for each clip, from bare to detailed. */
    public static final int CAPTIONS = 6;

    private final SceneSampler sampler;
    private final long salt;

    public World(WorldOptions options, Split split) {
        this.sampler = new SceneSampler(options, split);
        this.salt = split == Split.TRAINING ? 0 : 0x5DEECE66DL << 24;
    }

    /** The clip of a seed. */
    public Clip clip(long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ salt);
        Scene scene = sampler.next(random);
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < CAPTIONS; i++) {
            captions.add(i == 0 ? CaptionGrammar.bare(scene) : CaptionGrammar.write(scene, random));
        }
        return new Clip(seed, scene, captions, pixels(scene));
    }

    private static byte[] pixels(Scene scene) {
        int bytes = scene.geometry().pictureBytes();
        byte[] pixels = new byte[Geometry.PICTURES * bytes];
        for (int picture = 0; picture < Geometry.PICTURES; picture++) {
            System.arraycopy(ClipRenderer.picture(scene, picture), 0, pixels, picture * bytes, bytes);
        }
        return pixels;
    }
}
