package io.packcache.examples.cli;

import picocli.CommandLine.Option;

/** How long a video is: pictures, seconds or latent frames. At most one of them is given. */
final class ClipLength {

    @Option(names = "--frames", paramLabel = "N", description = "Length in pictures.")
    private Integer pictures;

    @Option(names = "--seconds", paramLabel = "S", description = "Length in seconds.")
    private Double seconds;

    @Option(names = "--latent-frames", paramLabel = "N", description = "Length in latent frames.")
    private Integer latentFrames;

    /** Number of pictures, given what a latent frame after the first is worth. */
    long pictures(int fps, int picturesPerLatentFrame, int defaultLatentFrames) {
        if (pictures != null) {
            return positive("--frames", pictures, pictures);
        }
        if (seconds != null) {
            return positive("--seconds", seconds, Math.round(seconds * fps));
        }
        long latent = latentFrames == null ? defaultLatentFrames : latentFrames;
        return positive("--latent-frames", latent, 1 + (latent - 1) * picturesPerLatentFrame);
    }

    /** Latent frames that hold so many pictures. */
    static long latentFrames(long pictures, int picturesPerLatentFrame) {
        return 1 + (pictures - 1 + picturesPerLatentFrame - 1) / picturesPerLatentFrame;
    }

    private static long positive(String option, Number given, long pictures) {
        if (pictures < 1) {
            throw new UserError(option + " " + given + " is no video; it takes at least one picture");
        }
        return pictures;
    }
}
