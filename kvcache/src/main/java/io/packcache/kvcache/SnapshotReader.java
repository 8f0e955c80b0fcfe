package io.packcache.kvcache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.compute.rows.StoredRows;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.TokenPosition;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a snapshot together from parts that are not trusted: whatever the cache takes for granted is checked, and nothing is
 * allocated beyond what the arrays explain.
 */
final class SnapshotReader {

    private final JsonNode description;
    private final Map<String, Buffer> arrays;
    private final CacheSnapshot snapshot;

    private SnapshotReader(CacheParts parts) {
        this.description = parts.description();
        this.arrays = parts.arrays();
        CacheShape shape = new CacheShape(number("layers"), number("kvHeads"), number("headSize"));
        FrameGrid grid =
                new FrameGrid(number("rows"), number("columns"), number("markersBefore"), number("markersAfter"));
        // One entry per cell, so that a shape that is merely claimed reserves nothing.
        require(
                description.path("layoutOfCell").size() == (long) shape.layers() * shape.kvHeads(),
                "layoutOfCell lists " + description.path("layoutOfCell").size() + " cells of " + shape);
        this.snapshot = new CacheSnapshot(shape, grid);
    }

    /** @throws IllegalArgumentException naming what is wrong with which part */
    static CacheSnapshot read(CacheParts parts) {
        return new SnapshotReader(parts).read();
    }

    private CacheSnapshot read() {
        snapshot.tokens = number("tokens");
        snapshot.nextSlot = description.path("nextSlot").longValue();
        snapshot.newestFrame = description.path("newestFrame").longValue();
        snapshot.table.read(arrays, snapshot.tokens);
        new TableCheck(snapshot).check();
        snapshot.tokenNotes = notes("tokens", snapshot.tokens);
        layouts();
        for (int c = 0; c < snapshot.keys.length; c++) {
            int rows = snapshot.rows(c);
            snapshot.keys[c] = floats("cell." + c + ".keys", (long) rows * snapshot.shape.headSize());
            snapshot.values[c] = floats("cell." + c + ".values", (long) rows * snapshot.shape.headSize());
            snapshot.notes[c] = notes("cell." + c, rows);
        }
        encoded();
        snapshot.probes = probes();
        snapshot.collected = collected();
        snapshot.archive = archive();
        return snapshot;
    }

    private void layouts() {
        int count = number("layouts");
        require(count >= 1 && count <= snapshot.keys.length, "there cannot be " + count + " layouts");
        List<int[]> layouts = new ArrayList<>();
        BitSet used = new BitSet();
        for (int i = 0; i < count; i++) {
            layouts.add(arrays.containsKey("layout." + i) ? layout("layout." + i) : null);
        }
        for (int c = 0; c < snapshot.keys.length; c++) {
            snapshot.layoutOfCell[c] = description.path("layoutOfCell").get(c).intValue();
            require(
                    snapshot.layoutOfCell[c] >= 0 && snapshot.layoutOfCell[c] < count,
                    "cell " + c + " has layout " + snapshot.layoutOfCell[c] + " of " + count);
            used.set(snapshot.layoutOfCell[c]);
        }
        require(used.cardinality() == count, "only the layouts " + used + " of " + count + " are used");
        snapshot.layouts = layouts;
    }

    /** Ascending tokens, all that are not content among them. */
    private int[] layout(String name) {
        IntBuffer stored = array(name, IntBuffer.class);
        int[] tokens = new int[stored.remaining()];
        stored.get(tokens);
        int next = 0;
        for (int token : tokens) {
            require(token >= next && token < snapshot.tokens, name + " lists token " + token + " out of order");
            requireContent(name, next, token);
            next = token + 1;
        }
        requireContent(name, next, snapshot.tokens);
        return tokens;
    }

    private void requireContent(String name, int first, int end) {
        for (int token = first; token < end; token++) {
            require(snapshot.table.content(token), name + " leaves out token " + token + ", which every head holds");
        }
    }

    private void encoded() {
        snapshot.encoded = new ArrayList<>();
        long last = -1;
        for (int i = 0; i < description.path("encoded").size(); i++) {
            JsonNode node = description.path("encoded").get(i);
            long frame = node.path("frame").longValue();
            require(frame > last, "encoded frame " + frame + " cannot follow frame " + last);
            snapshot.encoded.add(encoded("page." + i, node, frame));
            last = frame;
        }
    }

    private EncodedFrame encoded(String name, JsonNode node, long frame) {
        Encoding encoding = new Encoding(
                Codecs.keys(node.path("keys").asText()),
                Codecs.values(node.path("values").asText()),
                pairs(node.path("pairs")));
        Page[] pages = new Page[snapshot.keys.length];
        RowNotes[] notes = new RowNotes[pages.length];
        int heads = snapshot.shape.kvHeads();
        BitSet[][] content = new BitSet[snapshot.shape.layers()][heads];
        boolean turned = arrays.containsKey(name + ".cos");
        float[] cos = turned ? floats(name + ".cos", snapshot.shape.headSize() / 2) : null;
        float[] sin = turned ? floats(name + ".sin", snapshot.shape.headSize() / 2) : null;
        BitSet listed = content(frame);
        for (int c = 0; c < pages.length; c++) {
            String cell = name + "." + c;
            content[c / heads][c % heads] = new BitSet();
            if (arrays.containsKey(cell + ".content")) {
                BitSet held = BitSet.valueOf(array(cell + ".content", ByteBuffer.class));
                BitSet unknown = (BitSet) held.clone();
                unknown.andNot(listed);
                require(unknown.isEmpty() && !held.isEmpty(), cell + ".content is not content of frame " + frame);
                content[c / heads][c % heads] = held;
                notes[c] = notes(cell, held.cardinality());
                Page leading = c < heads ? null : pages[c - heads];
                EncodedRows keys = rows(cell + ".keys", held.cardinality(), leading == null ? null : leading.keys());
                EncodedRows values =
                        rows(cell + ".values", held.cardinality(), leading == null ? null : leading.values());
                requirePairing(cell, encoding.pairs(), c / heads, keys, values);
                pages[c] = new Page(keys, values, cos, sin, notes[c].bias());
            }
        }
        Selection held = Selection.byCell(content);
        require(!held.isEmpty(), name + " holds nothing");
        for (int c = heads; c < pages.length; c++) {
            boolean follows = pages[c] != null && pages[c].keys() instanceof PairedRows paired && !paired.leads();
            require(
                    !follows || content[c / heads][c % heads].equals(content[c / heads - 1][c % heads]),
                    name + "." + c + " does not hold what the layer it shares with does");
        }
        return new EncodedFrame(
                frame, node.path("slot").longValue(), node.path("shift").intValue(), encoding, held, pages, notes);
    }

    private BitSet content(long frame) {
        BitSet content = new BitSet();
        int end = snapshot.table.firstOf(frame + 1, snapshot.tokens);
        for (int token = snapshot.table.firstOf(frame, snapshot.tokens); token < end; token++) {
            if (snapshot.table.content(token)) {
                content.set(snapshot.table.place(token));
            }
        }
        return content;
    }

    private void requirePairing(String cell, LayerPairs pairs, int layer, EncodedRows... rows) {
        int layers = snapshot.shape.layers();
        boolean leads = pairs != null && pairs.leads(layer, layers);
        boolean follows = pairs != null && layer > 0 && pairs.leads(layer - 1, layers);
        for (EncodedRows each : rows) {
            boolean fits = each instanceof PairedRows paired ? paired.leads() ? leads : follows : !leads && !follows;
            require(fits, cell + " is not stored as the layer pairs of its frame say");
        }
    }

    private static LayerPairs pairs(JsonNode node) {
        return node.isMissingNode()
                ? null
                : new LayerPairs(
                        node.path("first").asInt(-1),
                        node.path("weight").asDouble(-1),
                        node.path("retention").asDouble(-1));
    }

    /** @param leading the rows of the layer before, with which these may share */
    private EncodedRows rows(String name, int rows, EncodedRows leading) {
        ByteBuffer stored = array(name, ByteBuffer.class).slice().order(ByteOrder.LITTLE_ENDIAN);
        EncodedRows loaded = StoredRows.load(stored, leading);
        require(
                loaded.rows() == rows && loaded.columns() == snapshot.shape.headSize() && !stored.hasRemaining(),
                name + " holds " + loaded.rows() + " x " + loaded.columns() + " values and "
                        + stored.remaining() + " bytes more, expected " + rows + " x "
                        + snapshot.shape.headSize());
        return loaded;
    }

    private Set<Signal> collected() {
        Set<Signal> collected = EnumSet.noneOf(Signal.class);
        for (JsonNode name : description.path("collected")) {
            require(
                    Arrays.stream(Signal.values())
                            .anyMatch(signal -> signal.name().equals(name.textValue())),
                    "the signal " + name + " is unknown");
            collected.add(Signal.valueOf(name.textValue()));
        }
        return collected;
    }

    private Archive.Saved archive() {
        JsonNode node = description.path("archive");
        List<Archive.SavedCopy> copies = new ArrayList<>();
        long last = -1;
        for (int i = 0; i < node.path("frames").size(); i++) {
            JsonNode frame = node.path("frames").get(i);
            require(
                    frame.path("parts") instanceof ObjectNode parts && !parts.has("archive"),
                    "frame " + i + " of the archive is not described");
            Map<String, Buffer> own = new HashMap<>();
            String prefix = "archive." + i + ".";
            arrays.forEach((name, array) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), array);
                }
            });
            CacheParts parts = new CacheParts((ObjectNode) frame.path("parts"), own);
            last = requireFrame(CacheSnapshot.of(parts), last);
            copies.add(new Archive.SavedCopy(frame.path("shift").intValue(), parts));
        }
        return new Archive.Saved(null, node.path("shift").intValue(), List.of(), copies);
    }

    /** A copy in the archive is one generated frame of a cache like this one. */
    private long requireFrame(CacheSnapshot copy, long last) {
        require(
                copy.shape.equals(snapshot.shape) && copy.grid.equals(snapshot.grid) && copy.tokens > 0,
                "the archive holds something else than frames of this cache");
        long frame = copy.table.frame(0);
        require(
                frame > last && frame <= snapshot.newestFrame && copy.table.frame(copy.tokens - 1) == frame,
                "the archive holds frame " + frame + " out of order");
        return frame;
    }

    private ProbeState probes() {
        JsonNode node = description.path("probes");
        Map<Long, Long> entered = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.path("entered").properties()) {
            entered.put(Long.parseLong(entry.getKey()), entry.getValue().longValue());
        }
        List<TokenPosition> positions = new ArrayList<>();
        float[][] queries = new float[0][];
        if (arrays.containsKey("probes.positions")) {
            IntBuffer stored = array("probes.positions", IntBuffer.class).duplicate();
            while (stored.remaining() >= 5) {
                boolean visual = stored.get() == 1;
                positions.add(new TokenPosition(visual, stored.get(), stored.get(), stored.get(), stored.get()));
            }
            require(!stored.hasRemaining() && !positions.isEmpty(), "probes.positions are no whole positions");
            queries = queries(positions.size());
        }
        return new ProbeState(
                node.path("frame").longValue(),
                node.path("slot").longValue(),
                List.copyOf(positions),
                queries,
                node.path("observed").longValue(),
                entered);
    }

    private float[][] queries(int probes) {
        float[][] queries = new float[snapshot.shape.layers()][];
        int length = array("probes.0", FloatBuffer.class).remaining();
        int unit = Math.multiplyExact(probes, snapshot.shape.kvHeads() * snapshot.shape.headSize());
        require(length > 0 && length % unit == 0, "probes.0 are no " + probes + " rows of queries");
        for (int layer = 0; layer < queries.length; layer++) {
            queries[layer] = floats("probes." + layer, length);
        }
        return queries;
    }

    private RowNotes notes(String name, int rows) {
        Map<String, float[]> named = new HashMap<>();
        for (String kind : RowNotes.KIND_NAMES) {
            if (arrays.containsKey(name + "." + kind)) {
                named.put(kind, floats(name + "." + kind, rows));
            }
        }
        return RowNotes.of(rows, named);
    }

    private float[] floats(String name, long count) {
        FloatBuffer stored = array(name, FloatBuffer.class);
        require(stored.remaining() == count, name + " holds " + stored.remaining() + " numbers, expected " + count);
        float[] floats = new float[stored.remaining()];
        stored.duplicate().get(floats);
        return floats;
    }

    private <B extends Buffer> B array(String name, Class<B> type) {
        Buffer found = arrays.get(name);
        require(type.isInstance(found), name + " is missing or of another type");
        return type.cast(found);
    }

    private int number(String name) {
        JsonNode node = description.path(name);
        require(node.isInt() && node.intValue() >= 0, name + " is " + node + ", expected a whole number");
        return node.intValue();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Refuses tables that no cache can have. */
    private record TableCheck(CacheSnapshot snapshot) {

        void check() {
            TokenTable table = snapshot.table;
            long slot = -1;
            for (int token = 0; token < snapshot.tokens; token++) {
                boolean text = table.role(token) == TokenRole.TEXT;
                long frame = table.frame(token);
                long before = token == 0 ? -1 : table.frame(token - 1);
                int most = table.content(token) ? snapshot.grid.contentLength() : snapshot.grid.markers();
                int place = table.place(token);
                boolean known = text ? frame == -1 && place == -1 : frame >= 0 && place >= 0 && place < most;
                boolean rising = frame >= before && (!table.content(token) || place > contentBefore(token));
                require(
                        known && rising && frame <= snapshot.newestFrame,
                        "token " + token + " of the table (frame " + frame + ", place " + place + ") is out of order");
                slot = Math.max(slot, table.slot(token));
            }
            require(
                    snapshot.nextSlot > slot && snapshot.newestFrame >= -1,
                    "the next slot " + snapshot.nextSlot + " is not behind slot " + slot);
        }

        private int contentBefore(int token) {
            boolean follows = token > 0
                    && snapshot.table.content(token - 1)
                    && snapshot.table.frame(token - 1) == snapshot.table.frame(token);
            return follows ? snapshot.table.place(token - 1) : -1;
        }
    }
}
