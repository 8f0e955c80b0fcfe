package io.packcache.stream.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.NumberFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that PyTorch wrote (see torch/make.py), and such as no PyTorch would write. */
class TorchArchiveTest {

    private static final String CONV = "decoder.up.0.block.0.conv1.0.conv3d.weight";

    @TempDir
    private Path folder;

    static Path fixture(String name) {
        try {
            return Path.of(TorchArchiveTest.class
                    .getResource("/io/packcache/stream/torch/" + name)
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The formula of make.py. */
    static float[] madeValues(String name, long[] shape) {
        int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        long inputs = shape.length > 1 ? count / shape[0] : 0;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            float value = (float) (((37 * i + name.length()) % 256 - 128) / 64.0 / (1 + inputs / 8));
            values[i] = NumberFormat.BFLOAT16.widen(NumberFormat.BFLOAT16.narrow(value));
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"decoder.jit, BF16", "encoder.jit, F16"})
    void everyParameterIsReadUnderItsPathThroughTheModules(String file, ElementType type) throws IOException {
        try (TorchArchive archive = TorchArchive.open(fixture(file))) {
            assertThat(archive.names()).hasSizeGreaterThan(80);
            for (String name : archive.names()) {
                if (name.endsWith("._basis") || name.endsWith("._levels")) {
                    assertThat(archive.type(name)).isEqualTo(ElementType.I32);
                    continue;
                }
                assertThat(archive.type(name)).isEqualTo(type);
                assertThat(archive.floats(name)).as(name).isEqualTo(madeValues(name, archive.shape(name)));
            }
        }
    }

    @Test
    void aPartOfATensorIsReadFromItsPlace() throws IOException {
        try (TorchArchive archive = TorchArchive.open(fixture("decoder.jit"))) {
            assertThat(archive.shape(CONV)).containsExactly(2, 4, 1, 3, 3);
            float[] part = new float[6];
            archive.read(CONV, 10, 5, part, 1);
            float[] all = madeValues(CONV, archive.shape(CONV));
            assertThat(part).containsExactly(0, all[10], all[11], all[12], all[13], all[14]);
            assertThatThrownBy(() -> archive.read(CONV, 70, 3, part, 0)).hasMessageContaining("holds 72 numbers");
            assertThatThrownBy(() -> archive.floats("decoder.none")).hasMessageContaining("no tensor \"decoder.none\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "posix, system",
        "builtins, eval",
        "torch, load",
        "torch._utils, _rebuild_qtensor",
        "__builtin__, getattr",
        "torchx.jit, x",
        "torch.jit._pickle, os"
    })
    void whatIsNoTensorIsRefusedByItsNameAndNotExecuted(String module, String member) throws IOException {
        Path marker = folder.resolve("executed");
        byte[] program = join(
                "\u0080\2c" + module + "\n" + member + "\n",
                "(X" + le(marker.toString().length()) + marker,
                "tR.");
        assertThatThrownBy(() -> TorchArchive.open(archive(program, Map.of())))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("names " + module + "." + member)
                .hasMessageContaining("nothing was executed");
        assertThat(marker).doesNotExist();
    }

    @Test
    void aTensorWithGapsOrBeyondItsNumbersIsRefused() throws IOException {
        assertThatThrownBy(() -> TorchArchive.open(archive(tensor(2, 3, 1, 2), Map.of("0", 24))))
                .hasMessageContaining("strides [1, 2]");
        assertThatThrownBy(() -> TorchArchive.open(archive(tensor(2, 3, 3, 1), Map.of("0", 20))))
                .hasMessageContaining("\"w\" needs 6 numbers of F32")
                .hasMessageContaining("has 20 bytes");
        assertThatThrownBy(() -> TorchArchive.open(archive(tensor(2, 3, 3, 1), Map.of())))
                .hasMessageContaining("should lie in x/data/0");
        try (TorchArchive whole = TorchArchive.open(archive(tensor(2, 3, 3, 1), Map.of("0", 24)))) {
            assertThat(whole.floats("w")).hasSize(6);
        }
    }

    @Test
    void aTreeThatNeverEndsIsRefused() throws IOException {
        byte[] itself = join("\u0080\2c__torch__\nM\n)\u0081q\0}X" + le(1) + "mh\0sb.");
        assertThatThrownBy(() -> TorchArchive.open(archive(itself, Map.of())))
                .hasMessageContaining("deeper than 64 levels");
        StringBuilder doubling = new StringBuilder("\u0080\2]q\0");
        for (char i = 1; i < 40; i++) {
            char below = (char) (i - 1);
            doubling.append("](h")
                    .append(below)
                    .append('h')
                    .append(below)
                    .append("eq")
                    .append(i);
        }
        byte[] bomb = join(doubling + "c__torch__\nM\n)\u0081}X" + le(1) + "ah'sb.");
        assertThatThrownBy(() -> TorchArchive.open(archive(bomb, Map.of())))
                .hasMessageContaining("more than 1000000 values");
    }

    @Test
    void damagedPicklesNeverEscape() throws IOException {
        byte[] whole;
        try (java.util.zip.ZipFile zip =
                new java.util.zip.ZipFile(fixture("encoder.jit").toFile())) {
            whole = zip.getInputStream(zip.getEntry("encoder/data.pkl")).readAllBytes();
        }
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int i = 0; i < 1 + random.nextInt(4) && damaged.length > 0; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                new TorchModuleTree("fuzz").tensors(new PickleReader("fuzz", damaged).read());
            } catch (CheckpointException e) {
                assertThat(e).hasMessageContaining("fuzz");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1000, 60_000})
    void aTruncatedArchiveIsRefusedByName(int length) throws IOException {
        byte[] whole = Files.readAllBytes(fixture("encoder.jit"));
        Path cut = Files.write(folder.resolve("cut.jit"), Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> TorchArchive.open(cut))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cut.jit");
    }

    @Test
    void anotherZipIsRefused() throws IOException {
        Path other = folder.resolve("other.jit");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(other))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
        }
        assertThatThrownBy(() -> TorchArchive.open(other)).hasMessageContaining("0 entries called */data.pkl");
        assertThatThrownBy(() -> TorchArchive.open(folder.resolve("none.jit"))).hasMessageContaining("does not exist");
    }

    /** A module with one float32 parameter w of shape (rows, columns). */
    private static byte[] tensor(int rows, int columns, int rowStride, int columnStride) {
        String reference = "(X" + le(7) + "storagectorch\nFloatStorage\nX" + le(1) + "0X" + le(3) + "cpuK\6tQ";
        String call = "ctorch._utils\n_rebuild_tensor_v2\n(" + reference + "K\0(K" + (char) rows + "K" + (char) columns
                + "t(K" + (char) rowStride + "K" + (char) columnStride + "t\u0089}tR";
        return join("\u0080\2c__torch__\nM\n)\u0081}X" + le(1) + "w" + call + "sb.");
    }

    private static String le(int number) {
        return "" + (char) (number & 0xff) + (char) (number >> 8 & 0xff) + "\0\0";
    }

    private static byte[] join(String... parts) {
        return String.join("", parts).getBytes(StandardCharsets.ISO_8859_1);
    }

    private Path archive(byte[] pickle, Map<String, Integer> storages) throws IOException {
        Path file = folder.resolve("made.jit");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, "x/data.pkl", pickle);
            for (Map.Entry<String, Integer> storage : storages.entrySet()) {
                store(zip, "x/data/" + storage.getKey(), new byte[storage.getValue()]);
            }
        }
        return file;
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
