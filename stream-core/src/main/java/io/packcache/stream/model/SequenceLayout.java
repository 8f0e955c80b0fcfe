package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Ids and positions of the tokens of one branch: a prefix, then frames.
 *
 * <p>A frame is begin, height, width, {@code rows} rows of codes with a row end after each, end. A content token of the
 * frame in slot s stands at {@code t = p0 + 4 s}, {@code h = p0 + 8 row}, {@code w = p0 + 8 column}, where p0 is the
 * sequence index of the first content token of slot 0; prefix and markers stand at their sequence index. The two branches
 * have prefixes of different length, so their positions differ. Immutable.
 */
public final class SequenceLayout {

    private static final int CELL_STEP = 8;

    private final SpecialTokens tokens;
    private final FrameGrid grid;
    private final PositionStride stride;
    private final int heightId;
    private final int widthId;
    private final int[] prefix;

    /**
     * The layout after a given prefix.
     *
     * @param tokens ids with a meaning
     * @param grid layout of a frame
     * @param gridUnit pixels that the size tokens count in
     * @param prefix ids before the first frame
     * @throws IllegalArgumentException if the grid is no whole number of units or larger than the size tokens can say
     */
    public SequenceLayout(SpecialTokens tokens, FrameGrid grid, int gridUnit, int[] prefix) {
        if (grid.markersBefore() != ModelConfig.MARKERS_BEFORE || grid.markersAfter() != ModelConfig.MARKERS_AFTER) {
            throw new IllegalArgumentException(
                    "a frame of this model has " + ModelConfig.MARKERS_BEFORE + " + " + ModelConfig.MARKERS_AFTER
                            + " markers, not " + grid.markersBefore() + " + " + grid.markersAfter());
        }
        this.tokens = tokens;
        this.grid = grid;
        this.stride = PositionStride.of(grid);
        this.heightId = tokens.number(units(grid.rows(), "rows", gridUnit));
        this.widthId = tokens.number(units(grid.columns(), "columns", gridUnit));
        this.prefix = prefix.clone();
    }

    /**
     * The branch that follows the prompt: bos, text, separator, video start, duration, pictures a second.
     *
     * @param text ids of the prompt
     * @param duration the number that says how long the clip is, in seconds in Lumos-1
     * @param picturesPerSecond the number that says how fast it plays
     */
    public static SequenceLayout guided(
            ModelConfig config, FrameGrid grid, int[] text, int duration, int picturesPerSecond) {
        SpecialTokens tokens = config.tokens();
        int[] prefix = new int[text.length + 5];
        prefix[0] = tokens.bos();
        System.arraycopy(text, 0, prefix, 1, text.length);
        prefix[text.length + 1] = tokens.separator();
        writeClipHead(tokens, duration, picturesPerSecond, prefix, text.length + 2);
        return new SequenceLayout(tokens, grid, config.gridUnit(), prefix);
    }

    /** The branch without a prompt: video start, duration, pictures a second. */
    public static SequenceLayout unguided(ModelConfig config, FrameGrid grid, int duration, int picturesPerSecond) {
        int[] prefix = new int[3];
        writeClipHead(config.tokens(), duration, picturesPerSecond, prefix, 0);
        return new SequenceLayout(config.tokens(), grid, config.gridUnit(), prefix);
    }

    /** Layout of a frame. */
    public FrameGrid grid() {
        return grid;
    }

    /** Ids before the first frame. */
    public int[] prefixIds() {
        return prefix.clone();
    }

    /** The tokens before the first frame. */
    public List<TokenInfo> prefixTokens() {
        List<TokenInfo> list = new ArrayList<>(prefix.length);
        for (int index = 0; index < prefix.length; index++) {
            list.add(TokenInfo.text(TokenPosition.text(index)));
        }
        return list;
    }

    /**
     * The tokens of a generated frame.
     *
     * @param frame number of the latent frame in the session
     * @param slot its place on the time axis
     * @param masked content indices that will be stored as MASK
     */
    public List<TokenInfo> frameTokens(long frame, long slot, BitSet masked) {
        return frameTokens(frame, slot, masked, false);
    }

    /** The tokens of a conditioning frame; all of them are stored with their codes. */
    public List<TokenInfo> conditionTokens(long frame, long slot) {
        return frameTokens(frame, slot, new BitSet(), true);
    }

    /**
     * Writes the ids of a frame.
     *
     * @param codes row-major; negative where the code is not known, which becomes MASK
     * @param masked content indices that become MASK whatever their code; row ends too
     * @param target receives {@code grid().frameLength()} ids
     */
    public void writeFrame(int[] codes, BitSet masked, int[] target) {
        int at = 0;
        target[at++] = tokens.imageStart();
        target[at++] = heightId;
        target[at++] = widthId;
        int code = 0;
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column <= grid.columns(); column++) {
                boolean rowEnd = column == grid.columns();
                int id = rowEnd ? tokens.newLine() : tokens.code(codes[code++]);
                target[at] = masked.get(at - grid.markersBefore()) ? tokens.mask() : id;
                at++;
            }
        }
        target[at] = tokens.imageEnd();
    }

    /** Token id of code 0. */
    int firstCode() {
        return tokens.codeOffset();
    }

    /** Where the {@code code}-th code lies among the tokens of its frame. */
    public int rowOfCode(int code) {
        return grid.markersBefore() + code / grid.columns() * (grid.columns() + 1) + code % grid.columns();
    }

    private List<TokenInfo> frameTokens(long frame, long slot, BitSet masked, boolean condition) {
        List<TokenInfo> list = new ArrayList<>(grid.frameLength());
        int origin = prefix.length + grid.markersBefore();
        for (int marker = 0; marker < grid.markersBefore(); marker++) {
            list.add(TokenInfo.marker(frame, marker, at(TokenPosition.text(prefix.length + marker), slot)));
        }
        for (int content = 0; content < grid.contentLength(); content++) {
            int row = content / (grid.columns() + 1);
            int column = content % (grid.columns() + 1);
            TokenPosition first = new TokenPosition(
                    true, origin + content, origin, origin + CELL_STEP * row, origin + CELL_STEP * column);
            TokenPosition position = at(first, slot);
            list.add(
                    condition
                            ? TokenInfo.condition(frame, row, column, position)
                            : TokenInfo.content(frame, row, column, masked.get(content), position));
        }
        for (int marker = grid.markersBefore(); marker < grid.markers(); marker++) {
            int index = prefix.length + grid.contentLength() + marker;
            list.add(TokenInfo.marker(frame, marker, at(TokenPosition.text(index), slot)));
        }
        return list;
    }

    private TokenPosition at(TokenPosition inFirstSlot, long slot) {
        return stride.moved(inFirstSlot, slot);
    }

    private static void writeClipHead(SpecialTokens tokens, int duration, int picturesPerSecond, int[] prefix, int at) {
        prefix[at] = tokens.videoStart();
        prefix[at + 1] = tokens.number(duration);
        prefix[at + 2] = tokens.number(picturesPerSecond);
    }

    private static int units(int cells, String name, int gridUnit) {
        int pixels = Math.multiplyExact(cells, ModelConfig.CELL_PIXELS);
        if (pixels % gridUnit != 0) {
            throw new IllegalArgumentException("a frame of " + cells + " code " + name + " is " + pixels
                    + " pixels, which is no multiple of the model's grid unit of " + gridUnit + " pixels");
        }
        return pixels / gridUnit;
    }
}
