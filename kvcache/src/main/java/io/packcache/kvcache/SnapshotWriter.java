package io.packcache.kvcache;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.kvcache.snapshot.TensorFileReader;
import io.packcache.kvcache.snapshot.TensorGroup;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Takes a snapshot apart; {@link SnapshotReader} puts it together again. */
final class SnapshotWriter {

    private final CacheSnapshot snapshot;
    private final Map<String, Buffer> arrays = new LinkedHashMap<>();
    private final List<TensorGroup> archive = new ArrayList<>();

    private SnapshotWriter(CacheSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    static CacheParts parts(CacheSnapshot snapshot) {
        return new SnapshotWriter(snapshot).parts();
    }

    private CacheParts parts() {
        arrays.putAll(snapshot.table.arrays(snapshot.tokens));
        notes("tokens", snapshot.tokenNotes, snapshot.tokens);
        for (int i = 0; i < snapshot.layouts.size(); i++) {
            if (snapshot.layouts.get(i) != null) {
                arrays.put("layout." + i, IntBuffer.wrap(snapshot.layouts.get(i)));
            }
        }
        for (int c = 0; c < snapshot.keys.length; c++) {
            int length = snapshot.rows(c) * snapshot.shape.headSize();
            arrays.put("cell." + c + ".keys", FloatBuffer.wrap(snapshot.keys[c], 0, length));
            arrays.put("cell." + c + ".values", FloatBuffer.wrap(snapshot.values[c], 0, length));
            notes("cell." + c, snapshot.notes[c], snapshot.rows(c));
        }
        ObjectNode description = description();
        ArrayNode encoded = description.putArray("encoded");
        for (int i = 0; i < snapshot.encoded.size(); i++) {
            encoded.add(encoded("page." + i, snapshot.encoded.get(i)));
        }
        description.set("probes", probes());
        ArrayNode collected = description.putArray("collected");
        new TreeSet<>(snapshot.collected).forEach(signal -> collected.add(signal.name()));
        if (!snapshot.archive.isEmpty()) {
            archive(description.putObject("archive"));
        }
        return new CacheParts(description, arrays, archive);
    }

    private ObjectNode description() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("layers", snapshot.shape.layers())
                .put("kvHeads", snapshot.shape.kvHeads())
                .put("headSize", snapshot.shape.headSize())
                .put("rows", snapshot.grid.rows())
                .put("columns", snapshot.grid.columns())
                .put("markersBefore", snapshot.grid.markersBefore())
                .put("markersAfter", snapshot.grid.markersAfter())
                .put("tokens", snapshot.tokens)
                .put("nextSlot", snapshot.nextSlot)
                .put("newestFrame", snapshot.newestFrame)
                .put("layouts", snapshot.layouts.size());
        ArrayNode layoutOfCell = node.putArray("layoutOfCell");
        for (int layout : snapshot.layoutOfCell) {
            layoutOfCell.add(layout);
        }
        return node;
    }

    private ObjectNode encoded(String name, EncodedFrame frame) {
        for (int c = 0; c < frame.pages().length; c++) {
            Page page = frame.pages()[c];
            if (page != null) {
                String cell = name + "." + c;
                int layer = c / snapshot.shape.kvHeads();
                byte[] content =
                        frame.content().at(layer, c % snapshot.shape.kvHeads()).toByteArray();
                arrays.put(cell + ".content", ByteBuffer.wrap(content));
                arrays.put(cell + ".keys", stored(page.keys()));
                arrays.put(cell + ".values", stored(page.values()));
                notes(cell, frame.notes()[c], page.rows());
                if (page.cos() != null) {
                    arrays.put(name + ".cos", FloatBuffer.wrap(page.cos()));
                    arrays.put(name + ".sin", FloatBuffer.wrap(page.sin()));
                }
            }
        }
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("frame", frame.frame())
                .put("slot", frame.slot())
                .put("shift", frame.shift())
                .put("keys", frame.encoding().keys().name())
                .put("values", frame.encoding().values().name());
        LayerPairs pairs = frame.encoding().pairs();
        if (pairs != null) {
            node.putObject("pairs")
                    .put("first", pairs.first())
                    .put("weight", pairs.weight())
                    .put("retention", pairs.retention());
        }
        return node;
    }

    private void archive(ObjectNode node) {
        node.put("shift", snapshot.archive.shift());
        ArrayNode copies = node.putArray("frames");
        for (Archive.SavedCopy copy : snapshot.archive.copies()) {
            String prefix = "archive." + copies.size() + ".";
            TensorFileReader.Outline outline = copy.outline().get();
            copies.addObject().put("shift", copy.shift()).set("parts", outline.description());
            archive.add(
                    new TensorGroup(outline.forms(), () -> copy.parts().get().arrays()).named(prefix));
        }
    }

    private ObjectNode probes() {
        ProbeState probes = snapshot.probes;
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("frame", probes.frame()).put("slot", probes.slot()).put("observed", probes.observed());
        ObjectNode entered = node.putObject("entered");
        probes.entered().forEach((frame, before) -> entered.put(Long.toString(frame), before));
        if (probes.probes() > 0) {
            int[] positions = new int[5 * probes.probes()];
            for (int i = 0; i < probes.probes(); i++) {
                TokenPosition at = probes.positions().get(i);
                System.arraycopy(
                        new int[] {at.visual() ? 1 : 0, at.index(), at.t(), at.h(), at.w()}, 0, positions, 5 * i, 5);
            }
            arrays.put("probes.positions", IntBuffer.wrap(positions));
            for (int layer = 0; layer < probes.queries().length; layer++) {
                arrays.put("probes." + layer, FloatBuffer.wrap(probes.queries()[layer]));
            }
        }
        return node;
    }

    private void notes(String name, RowNotes notes, int rows) {
        notes.named().forEach((kind, values) -> arrays.put(name + "." + kind, FloatBuffer.wrap(values, 0, rows)));
    }

    private static ByteBuffer stored(EncodedRows rows) {
        ByteBuffer bytes = ByteBuffer.allocate(rows.storedBytes()).order(ByteOrder.LITTLE_ENDIAN);
        rows.store(bytes);
        return bytes.flip();
    }
}
