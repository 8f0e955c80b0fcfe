package io.packcache.stream.model;

/**
 * The ids that give a sequence of a next-token model its structure.
 *
 * @param bos begins the sequence
 * @param opening ids between text and size, such as "begin of image"
 * @param sizeAsText whether the size follows as the words "ROWS*COLUMNS"
 * @param start ids after the size, such as "pictures follow"
 * @param rowEnd ends a row of codes; -1 if rows have no end
 * @param frameEnd ends a frame
 * @param codeOffset id of code 0
 * @param codeCount number of codes; their ids are consecutive
 */
public record RasterTokens(
        int bos,
        int[] opening,
        boolean sizeAsText,
        int[] start,
        int rowEnd,
        int frameEnd,
        int codeOffset,
        int codeCount) {

    /** Whether rows of codes have an end token. */
    boolean hasRowEnds() {
        return rowEnd >= 0;
    }
}
