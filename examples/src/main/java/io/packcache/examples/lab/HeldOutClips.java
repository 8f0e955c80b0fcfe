package io.packcache.examples.lab;

import io.packcache.examples.world.WorldOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Held-out clips of one kind, in the order in which they are drawn. Found once each. Not for several threads. */
public final class HeldOutClips {

    private final WorldOptions world;
    private final Predicate<HeldOutClip> wanted;
    private final List<Integer> found = new ArrayList<>();
    private int next;

    private HeldOutClips(WorldOptions world, Predicate<HeldOutClip> wanted) {
        this.world = world;
        this.wanted = wanted;
    }

    /** All of them. */
    public static HeldOutClips all(WorldOptions world) {
        return new HeldOutClips(world, clip -> true);
    }

    /** Those in which no bar hides anything. */
    public static HeldOutClips inTheOpen(WorldOptions world) {
        return new HeldOutClips(world, clip -> clip.scene().bar().isEmpty());
    }

    /** Those in which an object comes back after at least two latent frames out of sight: there memory counts most. */
    public static HeldOutClips returning(WorldOptions world) {
        if (world.barShare() == 0) {
            throw new IllegalArgumentException("nothing is ever out of sight in a world without bars");
        }
        return new HeldOutClips(
                world,
                clip -> new Sightings(clip.scene())
                        .returns().stream().anyMatch(back -> Sightings.lostLatentFrames(back) >= 2));
    }

    /** What they are drawn from. */
    public WorldOptions world() {
        return world;
    }

    /** Clip {@code number} of this kind, from 0. */
    public HeldOutClip get(int number) {
        while (found.size() <= number) {
            if (wanted.test(HeldOutClip.of(world, next))) {
                found.add(next);
            }
            next++;
        }
        return HeldOutClip.of(world, found.get(number));
    }
}
