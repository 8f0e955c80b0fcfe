package io.packcache.stream.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private static final byte[] EIGHT = new byte[8];

    @TempDir
    private Path folder;

    private Safetensors open(byte[] bytes) throws IOException {
        return Safetensors.open(Files.write(folder.resolve("some.safetensors"), bytes));
    }

    @Test
    void everyElementTypeReadsBackAsItsNumbers() throws IOException {
        ByteBuffer halves = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
        for (int half : new int[] {0x3c00, 0xc100, 0x0001, 0x8000, 0x7bff, 0x7c00, 0x7e00}) {
            halves.putShort((short) half);
        }
        byte[] ints =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(-7).array();
        byte[] file = new SafetensorsBytes()
                .floats("f32", new float[] {1.5f, -2, 3, 4, 5, 6}, 2, 3)
                .raw("f16", "F16", halves.array(), 7)
                .brains("bf16", new float[] {1, -0.5f}, 2, 1)
                .longs("i64", new long[] {Long.MIN_VALUE, 9}, 2)
                .raw("i32", "I32", ints, 1)
                .raw("u8", "U8", new byte[] {-1, 0}, 2)
                .raw("none", "F32", new byte[0], 0, 4)
                .longs("scalar", new long[] {42})
                .build();
        try (Safetensors tensors = open(file)) {
            assertThat(tensors.floats("f32", 2, 3)).containsExactly(1.5f, -2, 3, 4, 5, 6);
            float[] part = new float[4];
            tensors.read("f32", 3, 2, part, 1);
            assertThat(part).containsExactly(0, 4, 5, 0);
            assertThat(tensors.floats("f16"))
                    .containsExactly(1, -2.5f, 0x1p-24f, -0f, 65504, Float.POSITIVE_INFINITY, Float.NaN);
            assertThat(tensors.floats("bf16")).containsExactly(1, -0.5f);
            assertThat(tensors.integers("i64")).containsExactly(Long.MIN_VALUE, 9);
            assertThat(tensors.integers("i32")).containsExactly(-7);
            assertThat(tensors.integers("u8")).containsExactly(255, 0);
            assertThat(tensors.floats("none")).isEmpty();
            assertThat(tensors.integers("scalar")).containsExactly(42);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFiles")
    void aWrongFileIsRefusedWithThePlace(String fault, byte[] file, String message) {
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> wrongFiles() {
        String good = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";
        return Stream.of(
                Arguments.of("empty", new byte[0], "has 0 bytes"),
                Arguments.of("header longer than the file", longHeader(1L << 40), "claims a header of 1099511627776"),
                Arguments.of("negative header length", longHeader(-1), "claims a header of 18446744073709551615"),
                header("not JSON", "{'a'", "not valid JSON"),
                header("not an object", "[1]", "not a JSON object"),
                header("text after the object", "{} x", "not valid JSON"),
                header("name twice", "{'a':" + good + ",'a':" + good + "}", "Duplicate"),
                header("shape missing", "{'a':{'dtype':'F32','data_offsets':[0,8]}}", "exactly dtype, shape"),
                header("field too many", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}", "exactly"),
                header("unknown type", "{'a':{'dtype':'F4','shape':[2],'data_offsets':[0,8]}}", "\"F4\""),
                header("negative size", "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}", "shape[0]"),
                header("fractional size", "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}", "shape[0]"),
                header("shape against offsets", "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}", "needs 12"),
                header(
                        "product overflows",
                        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}}",
                        "larger than any file"),
                header("beyond the end", "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}", "of 8"),
                header("end before begin", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}", "of 8"),
                header("two tensors on the same bytes", "{'a':" + good + ",'b':" + good + "}", "inside the one before"),
                header(
                        "gap in front",
                        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
                        "the one before ends at 0"),
                header("bytes left over", "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", "end at byte 4"));
    }

    private static Arguments header(String fault, String header, String message) {
        return Arguments.of(fault, SafetensorsBytes.file(header.replace('\'', '"'), EIGHT), message);
    }

    private static byte[] longHeader(long length) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
    }

    @Test
    void anAbsentFileIsRefusedByName() {
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("none.safetensors")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("none.safetensors");
    }

    @Test
    void askingForTheWrongThingNamesTensorAndBothSides() throws IOException {
        try (Safetensors tensors = open(new SafetensorsBytes()
                .floats("a", new float[] {1, 2}, 2)
                .longs("b", new long[] {1}, 1)
                .build())) {
            assertThatThrownBy(() -> tensors.floats("c")).hasMessageContaining("no tensor \"c\"");
            assertThatThrownBy(() -> tensors.floats("a", 1, 2)).hasMessageContaining("is [2], expected [1, 2]");
            assertThatThrownBy(() -> tensors.floats("b")).hasMessageContaining("holds I64, expected F32");
            assertThatThrownBy(() -> tensors.integers("a")).hasMessageContaining("holds F32, expected I64");
            assertThatThrownBy(() -> tensors.read("a", 1, 2, new float[2], 0)).hasMessageContaining("holds 2 numbers");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 60, 200})
    void aFileCutAnywhereIsRefused(int missing) throws IOException {
        byte[] whole = new SafetensorsBytes()
                .floats("a", new float[40], 40)
                .floats("b", new float[4], 4)
                .build();
        byte[] cut = Arrays.copyOf(whole, whole.length - missing);
        assertThatThrownBy(() -> open(cut)).isInstanceOf(CheckpointException.class);
    }
}
