package io.packcache.examples.verify;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the frames in a sequence of ids. */
final class SequenceReader {

    private final SpecialTokens tokens;
    private final FrameGrid grid;

    SequenceReader(SpecialTokens tokens, FrameGrid grid) {
        this.tokens = tokens;
        this.grid = grid;
    }

    /** The shape of the frames of a sequence: columns up to the first row end, rows up to the frame's end. */
    static Optional<FrameGrid> gridOf(int[] ids, SpecialTokens tokens) {
        int start = indexOf(ids, tokens.imageStart(), 0);
        int end = indexOf(ids, tokens.imageEnd(), start);
        int content = start + ModelConfig.MARKERS_BEFORE;
        int rowEnd = indexOf(ids, tokens.newLine(), content);
        int rowLength = rowEnd - content + 1;
        if (start == ids.length
                || end == ids.length
                || rowEnd >= end
                || rowLength < 2
                || (end - content) % rowLength != 0) {
            return Optional.empty();
        }
        int rows = (end - content) / rowLength;
        return Optional.of(new FrameGrid(rows, rowLength - 1, ModelConfig.MARKERS_BEFORE, ModelConfig.MARKERS_AFTER));
    }

    /** Index of the first token of the first frame; the length if there is none. */
    int firstFrame(int[] ids) {
        int index = 0;
        while (index < ids.length && !startsFrame(ids, index)) {
            index++;
        }
        return index;
    }

    /** Whether a whole frame begins here. */
    boolean startsFrame(int[] ids, int index) {
        int last = index + grid.frameLength() - 1;
        return ids[index] == tokens.imageStart() && last < ids.length && ids[last] == tokens.imageEnd();
    }

    /** The pixels in which the size tokens of the frame at {@code start} count, if its height is such a number. */
    int gridUnit(int[] ids, int start) {
        int pixels = grid.rows() * ModelConfig.CELL_PIXELS;
        int units = start + 1 < ids.length ? ids[start + 1] - tokens.sizeZero() : 0;
        return units > 0 && pixels % units == 0 ? pixels / units : ModelConfig.CELL_PIXELS;
    }

    /** The codes of the frame at {@code start}, row-major; -1 where it holds none. */
    int[] codes(int[] ids, int start) {
        int[] codes = new int[grid.codes()];
        for (int code = 0; code < codes.length; code++) {
            int row = code / grid.columns();
            int id = ids[start + grid.markersBefore() + code + row];
            codes[code] = tokens.isCode(id) ? id - tokens.codeOffset() : -1;
        }
        return codes;
    }

    /**
     * Says of each row what it is.
     *
     * @param firstFrame number of the first frame among the rows; later ones count on
     */
    List<TokenInfo> describe(StoredRows rows, long firstFrame) {
        List<TokenInfo> list = new ArrayList<>(rows.size());
        long frame = firstFrame;
        int index = 0;
        while (index < rows.size()) {
            if (startsFrame(rows.ids(), index)) {
                for (int place = 0; place < grid.frameLength(); place++) {
                    list.add(inFrame(rows, index + place, frame, place));
                }
                index += grid.frameLength();
                frame++;
            } else {
                list.add(TokenInfo.text(rows.positions().get(index)));
                index++;
            }
        }
        return list;
    }

    private TokenInfo inFrame(StoredRows rows, int index, long frame, int place) {
        TokenPosition position = rows.positions().get(index);
        int content = place - grid.markersBefore();
        if (content < 0) {
            return TokenInfo.marker(frame, place, position);
        }
        if (content >= grid.contentLength()) {
            return TokenInfo.marker(frame, place - grid.contentLength(), position);
        }
        boolean masked = rows.ids()[index] == tokens.mask();
        int width = grid.columns() + 1;
        return TokenInfo.content(frame, content / width, content % width, masked, position);
    }

    private static int indexOf(int[] ids, int id, int from) {
        int index = from;
        while (index < ids.length && ids[index] != id) {
            index++;
        }
        return index;
    }
}
