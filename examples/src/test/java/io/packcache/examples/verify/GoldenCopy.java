package io.packcache.examples.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Copies of the golden folder that a test may damage. */
final class GoldenCopy {

    private final Path folder;

    private GoldenCopy(Path folder) {
        this.folder = folder;
    }

    /** The golden folder itself; not to be written. */
    static Path original() {
        try {
            return Path.of(GoldenCopy.class
                            .getResource("/goldens/lumos-tiny/config.json")
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies the named files, or all if none is named. */
    static GoldenCopy into(Path folder, String... names) throws IOException {
        List<String> wanted = List.of(names);
        try (Stream<Path> files = Files.list(original())) {
            files.filter(file -> wanted.isEmpty()
                            || wanted.contains(file.getFileName().toString()))
                    .forEach(file -> copy(file, folder));
        }
        return new GoldenCopy(folder);
    }

    Path folder() {
        return folder;
    }

    /** Adds to one number of a tensor of float32, 64-bit or 8-bit numbers. */
    GoldenCopy change(String file, String tensor, int index, double by) throws IOException {
        Path path = folder.resolve(file);
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) view.getLong(0);
        JsonNode entry = new ObjectMapper()
                .readTree(new String(bytes, 8, header, StandardCharsets.UTF_8))
                .get(tensor);
        int begin = 8 + header + entry.get("data_offsets").get(0).intValue();
        switch (entry.get("dtype").asText()) {
            case "F32" -> view.putFloat(begin + 4 * index, (float) (view.getFloat(begin + 4 * index) + by));
            case "I64" -> view.putLong(begin + 8 * index, view.getLong(begin + 8 * index) + (long) by);
            default -> view.put(begin + index, (byte) (view.get(begin + index) + (int) by));
        }
        Files.write(path, bytes);
        return this;
    }

    /** Replaces text in a JSON file. */
    GoldenCopy replace(String file, String text, String replacement) throws IOException {
        Path path = folder.resolve(file);
        String before = Files.readString(path);
        if (!before.contains(text)) {
            throw new IllegalArgumentException(file + " does not contain " + text);
        }
        Files.writeString(path, before.replaceFirst(Pattern.quote(text), replacement));
        return this;
    }

    GoldenCopy cut(String file, int bytes) throws IOException {
        Path path = folder.resolve(file);
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(whole, whole.length - bytes));
        return this;
    }

    private static void copy(Path file, Path folder) {
        try {
            Files.copy(file, folder.resolve(file.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
