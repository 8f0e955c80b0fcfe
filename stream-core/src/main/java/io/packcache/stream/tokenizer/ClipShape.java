package io.packcache.stream.tokenizer;

import io.packcache.stream.frame.VideoFrame;
import java.util.List;

/**
 * The size of a clip in codes.
 *
 * @param latentFrames latent frames, at least 1
 * @param rows code rows
 * @param columns code columns
 */
record ClipShape(int latentFrames, int rows, int columns) {

    /**
     * The shape of a clip of pictures.
     *
     * @param spatial pixels on a side of a code's cell
     * @param temporal pictures in every latent frame after the first
     * @throws IllegalArgumentException if the pictures make no whole latent frames or whole cells
     */
    static ClipShape of(int pictures, int width, int height, int spatial, int temporal) {
        if (pictures < 1 || (pictures - 1) % temporal != 0) {
            throw new IllegalArgumentException("a clip has 1 + " + temporal + "n pictures, such as 1, " + (1 + temporal)
                    + " or " + (1 + 2 * temporal) + ", got " + pictures);
        }
        if (width < 1 || height < 1 || width % spatial != 0 || height % spatial != 0) {
            throw new IllegalArgumentException("the width and height of a picture are multiples of " + spatial
                    + " pixels, got " + width + " x " + height);
        }
        return new ClipShape(1 + (pictures - 1) / temporal, height / spatial, width / spatial);
    }

    /** The shape of a clip of pictures, which must all have one size. */
    static ClipShape of(List<VideoFrame> pictures, int spatial, int temporal) {
        VideoFrame first = pictures.isEmpty() ? null : pictures.get(0);
        for (int i = 1; i < pictures.size(); i++) {
            VideoFrame picture = pictures.get(i);
            if (picture.width() != first.width() || picture.height() != first.height()) {
                throw new IllegalArgumentException("the pictures of a clip have one size, but picture " + i + " is "
                        + picture.width() + " x " + picture.height() + " and the first is " + first.width() + " x "
                        + first.height());
            }
        }
        int width = first == null ? spatial : first.width();
        int height = first == null ? spatial : first.height();
        return of(pictures.size(), width, height, spatial, temporal);
    }

    /** Code positions in a latent frame. */
    int positions() {
        return rows * columns;
    }
}
