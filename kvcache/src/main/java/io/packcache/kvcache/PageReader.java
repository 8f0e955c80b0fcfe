package io.packcache.kvcache;

import static io.packcache.kvcache.UntrustedParts.require;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.compute.rows.StoredRows;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Selection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Reads the encoded frames of a snapshot whose table is known. */
final class PageReader {

    private final UntrustedParts parts;
    private final CacheSnapshot snapshot;

    PageReader(UntrustedParts parts, CacheSnapshot snapshot) {
        this.parts = parts;
        this.snapshot = snapshot;
    }

    /** All encoded frames, in time order. */
    List<EncodedFrame> read() {
        List<EncodedFrame> frames = new ArrayList<>();
        JsonNode nodes = parts.description().path("encoded");
        long last = -1;
        for (int i = 0; i < nodes.size(); i++) {
            long frame = nodes.get(i).path("frame").longValue();
            require(frame > last, "encoded frame " + frame + " cannot follow frame " + last);
            frames.add(read("page." + i, nodes.get(i), frame));
            last = frame;
        }
        return frames;
    }

    private EncodedFrame read(String name, JsonNode node, long frame) {
        Encoding encoding = new Encoding(
                Codecs.keys(node.path("keys").asText()),
                Codecs.values(node.path("values").asText()),
                pairs(node.path("pairs")));
        Page[] pages = new Page[snapshot.keys.length];
        RowNotes[] notes = new RowNotes[pages.length];
        int heads = snapshot.shape.kvHeads();
        BitSet[][] content = new BitSet[snapshot.shape.layers()][heads];
        boolean turned = parts.has(name + ".cos");
        float[] cos = turned ? parts.floats(name + ".cos", snapshot.shape.headSize() / 2) : null;
        float[] sin = turned ? parts.floats(name + ".sin", snapshot.shape.headSize() / 2) : null;
        BitSet listed = content(frame);
        for (int c = 0; c < pages.length; c++) {
            String cell = name + "." + c;
            content[c / heads][c % heads] = new BitSet();
            if (parts.has(cell + ".content")) {
                BitSet held = BitSet.valueOf(parts.array(cell + ".content", ByteBuffer.class));
                BitSet unknown = (BitSet) held.clone();
                unknown.andNot(listed);
                require(unknown.isEmpty() && !held.isEmpty(), cell + ".content is not content of frame " + frame);
                content[c / heads][c % heads] = held;
                notes[c] = parts.notes(cell, held.cardinality());
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
        ByteBuffer stored = parts.array(name, ByteBuffer.class).slice().order(ByteOrder.LITTLE_ENDIAN);
        EncodedRows loaded = StoredRows.load(stored, leading);
        require(
                loaded.rows() == rows && loaded.columns() == snapshot.shape.headSize() && !stored.hasRemaining(),
                name + " holds " + loaded.rows() + " x " + loaded.columns() + " values and "
                        + stored.remaining() + " bytes more, expected " + rows + " x "
                        + snapshot.shape.headSize());
        return loaded;
    }
}
