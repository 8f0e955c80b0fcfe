package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The compiled kernels are those of the sources beside them; {@code mvn -Pcuda generate-resources} brings them in step. */
class KernelImageTest {

    private static final Path SOURCES = Path.of("src/main/cuda");

    @Test
    void theImageWasMadeFromTheseSources() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                found.put(file.getFileName().toString(), hash(Files.readAllBytes(file)));
            }
        }
        found.put(KernelImage.RESOURCE, hash(KernelImage.load()));

        assertThat(found).isEqualTo(recorded());
    }

    @Test
    void theImageHoldsCodeForBothGenerations() {
        String image = new String(KernelImage.load(), StandardCharsets.ISO_8859_1);

        // The container's magic number; what is inside is compressed.
        assertThat(image).startsWith("P\u00edU\u00ba");
    }

    private static Map<String, String> recorded() throws IOException {
        Map<String, String> recorded = new TreeMap<>();
        try (InputStream in = KernelImage.class.getResourceAsStream("packcache.sha256")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" +"))
                    .forEach(line -> recorded.put(line[1], line[0]));
        }
        return recorded;
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
