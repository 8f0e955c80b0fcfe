package io.packcache.kvcache.compute.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The compiled kernels: one image with code for compute capability 9.0 and, for everything else from 8.0 on, PTX. */
final class KernelImage {

    /** Where it lies beside this class; {@code mvn -Pcuda} makes it. */
    static final String RESOURCE = "packcache.fatbin";

    private KernelImage() {}

    static byte[] load() {
        try (InputStream in = KernelImage.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("this build has no " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
