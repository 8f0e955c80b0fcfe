package io.packcache.stream.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Tells model folders apart without reading gigabytes: names, sizes and the first part of every file. */
final class ModelFingerprint {

    /** Configurations and tokenizers whole, of weights the header and the first tensors. */
    private static final int HEAD = 1 << 17;

    private byte[] read;
    private String digest;

    private ModelFingerprint(byte[] read) {
        this.read = read;
    }

    /** Reads what tells this folder from others, as it is now. */
    static ModelFingerprint of(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Path file : files(folder)) {
            bytes.write((file.getFileName() + "\n" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
            try (InputStream in = Files.newInputStream(file)) {
                bytes.write(in.readNBytes(HEAD));
            }
        }
        return new ModelFingerprint(bytes.toByteArray());
    }

    /** SHA-256 in hexadecimal digits; worked out when it is first asked for, since most sessions are never saved. */
    synchronized String digest() {
        if (digest == null) {
            digest = HexFormat.of().formatHex(sha256().digest(read));
            read = null;
        }
        return digest;
    }

    /** What a model is loaded from; notes beside it do not count. */
    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".json") || file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
