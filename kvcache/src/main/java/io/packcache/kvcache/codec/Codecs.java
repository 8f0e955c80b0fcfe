package io.packcache.kvcache.codec;

import io.packcache.kvcache.codec.IntegerCodec.Axis;
import io.packcache.kvcache.compute.rows.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All codecs by their names in settings: how keys and how values are stored under each. */
public final class Codecs {

    private static final Map<String, Pair> KNOWN = new LinkedHashMap<>();

    static {
        same(new Float32Codec());
        same(new Bfloat16Codec());
        // With 256 levels one range per channel does for the whole page, and its table costs next to nothing.
        same(new IntegerCodec("int8", Packing.BITS8, Axis.CHANNEL, Integer.MAX_VALUE));
        add(integers("int4", Packing.BITS4, Axis.CHANNEL), integers("int4", Packing.BITS4, Axis.TOKEN));
        add(integers("int2", Packing.BITS2, Axis.CHANNEL), integers("int2", Packing.BITS2, Axis.TOKEN));
        same(new ResidualCentroidCodec());
        same(new RotatedCodec("rotatekv-int4", integers("int4", Packing.BITS4, Axis.TOKEN)));
        same(new RotatedCodec("rotatekv-int2", integers("int2", Packing.BITS2, Axis.TOKEN)));
        add(new SpectralCodec(), new TernaryCodec());
        gear("gear-int4", Packing.BITS4);
        gear("gear-int2", Packing.BITS2);
    }

    private Codecs() {}

    private record Pair(Codec keys, Codec values) {}

    /** The names, from the most bits to the fewest of each family. */
    public static List<String> names() {
        return List.copyOf(KNOWN.keySet());
    }

    /**
     * How keys are stored under this name.
     *
     * @throws IllegalArgumentException if there is no such codec; the message lists those there are
     */
    public static Codec keys(String name) {
        return known(name).keys();
    }

    /** How values are stored under this name, as {@link #keys}. */
    public static Codec values(String name) {
        return known(name).values();
    }

    private static Pair known(String name) {
        Pair pair = KNOWN.get(name);
        if (pair == null) {
            throw new IllegalArgumentException(
                    "unknown codec '" + name + "': choose one of " + String.join(", ", KNOWN.keySet()));
        }
        return pair;
    }

    private static IntegerCodec integers(String name, Packing packing, Axis axis) {
        return new IntegerCodec(name, packing, axis, IntegerCodec.KIVI_GROUP);
    }

    private static void gear(String name, Packing packing) {
        add(
                new LowRankCodec(name, integers(name, packing, Axis.CHANNEL)),
                new LowRankCodec(name, integers(name, packing, Axis.TOKEN)));
    }

    private static void same(Codec codec) {
        add(codec, codec);
    }

    private static void add(Codec keys, Codec values) {
        KNOWN.put(keys.name(), new Pair(keys, values));
    }
}
