package io.packcache.kvcache;

/**
 * Token layout of one latent frame: {@code markersBefore} marker tokens, then {@code rows} rows of {@code columns} codes,
 * each row closed by a row-end token, then {@code markersAfter} marker tokens.
 *
 * <p>A content token is named by its content index {@code row * (columns + 1) + column}; the row end has
 * {@code column == columns}.
 *
 * @param rows code rows, at least 1
 * @param columns code columns, at least 1
 * @param markersBefore tokens before the content, such as begin, height, width
 * @param markersAfter tokens after the content, such as end
 */
public record FrameGrid(int rows, int columns, int markersBefore, int markersAfter) {

    public FrameGrid {
        if (rows < 1 || columns < 1 || markersBefore < 0 || markersAfter < 0) {
            throw new IllegalArgumentException(
                    "a frame needs at least one row and one column and no negative markers, got " + rows + " x "
                            + columns + " with " + markersBefore + " + " + markersAfter + " markers");
        }
    }

    /** Content tokens of a frame, row ends included. */
    public int contentLength() {
        return rows * (columns + 1);
    }

    /** Codes of a frame. */
    public int codes() {
        return rows * columns;
    }

    /** Marker tokens of a frame. */
    public int markers() {
        return markersBefore + markersAfter;
    }

    /** Tokens of a frame: markers and content. */
    public int frameLength() {
        return markers() + contentLength();
    }
}
