package io.packcache.kvcache;

import static io.packcache.kvcache.UntrustedParts.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.TokenPosition;
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

    private final UntrustedParts parts;
    private final JsonNode description;
    private final CacheSnapshot snapshot;

    private SnapshotReader(UntrustedParts parts) {
        this.parts = parts;
        this.description = parts.description();
        CacheShape shape = new CacheShape(parts.number("layers"), parts.number("kvHeads"), parts.number("headSize"));
        FrameGrid grid = new FrameGrid(
                parts.number("rows"),
                parts.number("columns"),
                parts.number("markersBefore"),
                parts.number("markersAfter"));
        // One entry per cell, so that a shape that is merely claimed reserves nothing.
        require(
                description.path("layoutOfCell").size() == (long) shape.layers() * shape.kvHeads(),
                "layoutOfCell lists " + description.path("layoutOfCell").size() + " cells of " + shape);
        this.snapshot = new CacheSnapshot(shape, grid);
    }

    /** @throws IllegalArgumentException naming what is wrong with which part */
    static CacheSnapshot read(CacheParts parts) {
        return new SnapshotReader(new UntrustedParts(parts.description(), parts.all())).read();
    }

    private CacheSnapshot read() {
        snapshot.tokens = parts.number("tokens");
        snapshot.nextSlot = description.path("nextSlot").longValue();
        snapshot.newestFrame = description.path("newestFrame").longValue();
        snapshot.table.read(parts.arrays(), snapshot.tokens);
        new TableCheck(snapshot).check();
        snapshot.tokenNotes = parts.notes("tokens", snapshot.tokens);
        layouts();
        for (int c = 0; c < snapshot.keys.length; c++) {
            int rows = snapshot.rows(c);
            snapshot.keys[c] = parts.floats("cell." + c + ".keys", (long) rows * snapshot.shape.headSize());
            snapshot.values[c] = parts.floats("cell." + c + ".values", (long) rows * snapshot.shape.headSize());
            snapshot.notes[c] = parts.notes("cell." + c, rows);
        }
        snapshot.encoded = new PageReader(parts, snapshot).read();
        snapshot.probes = probes();
        snapshot.collected = collected();
        snapshot.archive = archive();
        return snapshot;
    }

    private void layouts() {
        int count = parts.number("layouts");
        require(count >= 1 && count <= snapshot.keys.length, "there cannot be " + count + " layouts");
        List<int[]> layouts = new ArrayList<>();
        BitSet used = new BitSet();
        for (int i = 0; i < count; i++) {
            layouts.add(parts.has("layout." + i) ? layout("layout." + i) : null);
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
        IntBuffer stored = parts.array(name, IntBuffer.class);
        int[] tokens = new int[stored.remaining()];
        stored.duplicate().get(tokens);
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
                    frame.path("parts") instanceof ObjectNode described && !described.has("archive"),
                    "frame " + i + " of the archive is not described");
            CacheParts copy = new CacheParts((ObjectNode) frame.path("parts"), parts.under("archive." + i + "."));
            last = requireFrame(CacheSnapshot.of(copy), last);
            copies.add(new Archive.SavedCopy(frame.path("shift").intValue(), copy::outline, () -> copy));
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
        if (parts.has("probes.positions")) {
            IntBuffer stored = parts.array("probes.positions", IntBuffer.class).duplicate();
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
        int length = parts.array("probes.0", FloatBuffer.class).remaining();
        int unit = Math.multiplyExact(probes, snapshot.shape.kvHeads() * snapshot.shape.headSize());
        require(length > 0 && length % unit == 0, "probes.0 are no " + probes + " rows of queries");
        for (int layer = 0; layer < queries.length; layer++) {
            queries[layer] = parts.floats("probes." + layer, length);
        }
        return queries;
    }
}
