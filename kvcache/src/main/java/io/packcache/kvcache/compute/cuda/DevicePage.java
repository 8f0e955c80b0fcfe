package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.rows.Centroids;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;

/**
 * Encoded rows on the device. Packed codes lie there as they are and are decoded by a kernel whenever they are attended to; rows in
 * any other format are decoded once, here, and lie there in float32.
 */
abstract class DevicePage implements AutoCloseable {

    private static final int THREADS = 128;

    static DevicePage of(Device device, EncodedRows rows) {
        return rows instanceof PackedRows packed ? new Packed(device, packed) : new Decoded(device, rows);
    }

    /**
     * Writes the rows as attention reads them.
     *
     * @param cos where the cosines of the turn lie, or 0 for none
     * @param sin the same for the sines
     * @param format of the target
     */
    abstract void decode(long cos, long sin, long target, NumberFormat format);

    @Override
    public abstract void close();

    private static String kernel(String name, NumberFormat format) {
        return format == NumberFormat.FLOAT32 ? name : name + "Bfloat16";
    }

    private static final class Decoded extends DevicePage {

        private final Device device;
        private final DeviceMemory values;
        private final int rows;
        private final int columns;

        Decoded(Device device, EncodedRows encoded) {
            this.device = device;
            this.rows = encoded.rows();
            this.columns = encoded.columns();
            float[] decoded = new float[Math.multiplyExact(rows, columns)];
            encoded.decode(0, rows, decoded, 0);
            values = device.pool().allocate((long) decoded.length * Float.BYTES);
            device.upload(values.address(), decoded, 0, decoded.length);
        }

        @Override
        void decode(long cos, long sin, long target, NumberFormat format) {
            device.kernel(kernel("turnPage", format))
                    .pointer(values.address())
                    .pointer(cos)
                    .pointer(sin)
                    .pointer(target)
                    .integer(columns)
                    .launch(rows, THREADS, 0);
        }

        @Override
        public void close() {
            values.close();
        }
    }

    private static final class Packed extends DevicePage {

        private final Device device;
        private final int rows;
        private final int columns;
        private final int block;
        private final int blocks;
        private final Packing packing;
        private final DeviceMemory words;
        private final DeviceMemory scales;
        private final DeviceMemory zeros;
        private final DeviceMemory groups;
        private final DeviceMemory centroids; // null if there are none
        private final DeviceMemory centroidIds; // null if there is at most one

        Packed(Device device, PackedRows packed) {
            this.device = device;
            this.rows = packed.rows();
            this.columns = packed.columns();
            this.packing = packed.codes().packing();
            Ranges ranges = packed.ranges();
            this.block = ranges.block();
            this.blocks = Ranges.blocks(columns, block);
            int tables = Math.multiplyExact(ranges.groups().count(), blocks);
            float[] scale = new float[tables];
            float[] zero = new float[tables];
            for (int i = 0; i < tables; i++) {
                scale[i] = ranges.scale(i / blocks, i % blocks);
                zero[i] = ranges.zero(i / blocks, i % blocks);
            }
            int[] group = new int[rows];
            for (int r = 0; r < rows; r++) {
                group[r] = ranges.groups().of(r);
            }
            words = sent(packed.codes().words());
            scales = sent(scale);
            zeros = sent(zero);
            groups = sent(group);
            centroids = packed.centroids() == null ? null : sent(table(packed.centroids()));
            centroidIds =
                    packed.centroids() == null || packed.centroids().table().rows() == 1
                            ? null
                            : sent(ids(packed.centroids()));
        }

        private static float[] table(Centroids centroids) {
            int count = centroids.table().rows();
            float[] table = new float[count * centroids.table().columns()];
            centroids.table().decode(0, count, table, 0);
            return table;
        }

        private int[] ids(Centroids centroids) {
            int[] ids = new int[rows];
            for (int r = 0; r < rows; r++) {
                ids[r] = centroids.id(r);
            }
            return ids;
        }

        private DeviceMemory sent(float[] values) {
            DeviceMemory memory = device.pool().allocate((long) values.length * Float.BYTES);
            device.upload(memory.address(), values, 0, values.length);
            return memory;
        }

        private DeviceMemory sent(int[] values) {
            DeviceMemory memory = device.pool().allocate((long) values.length * Integer.BYTES);
            device.upload(memory.address(), values, values.length);
            return memory;
        }

        @Override
        void decode(long cos, long sin, long target, NumberFormat format) {
            device.kernel(kernel("decodePacked", format))
                    .pointer(words.address())
                    .pointer(scales.address())
                    .pointer(zeros.address())
                    .pointer(groups.address())
                    .pointer(centroids == null ? 0 : centroids.address())
                    .pointer(centroidIds == null ? 0 : centroidIds.address())
                    .pointer(cos)
                    .pointer(sin)
                    .pointer(target)
                    .integer(columns)
                    .integer(block)
                    .integer(blocks)
                    .integer(packing.rowsPerWord())
                    .integer(packing == Packing.TRITS ? 1 : 0)
                    .launch(rows, THREADS, 0);
        }

        @Override
        public void close() {
            words.close();
            scales.close();
            zeros.close();
            groups.close();
            if (centroids != null) {
                centroids.close();
            }
            if (centroidIds != null) {
                centroidIds.close();
            }
        }
    }
}
