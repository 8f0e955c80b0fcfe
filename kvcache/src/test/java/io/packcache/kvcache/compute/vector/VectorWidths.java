package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Opens the vector backend at any width in one JVM.
 *
 * <p>The width is a constant of the kernel classes, because only then are they fast; so a test that wants another width
 * loads these classes once more.
 */
final class VectorWidths {

    private static final Map<Integer, Class<?>> LOADED = new HashMap<>();

    private VectorWidths() {}

    static Backend open(int bits, int threads) throws ReflectiveOperationException {
        Class<?> kernels = LOADED.get(bits);
        if (kernels != null) {
            return (Backend) kernels.getConstructor(int.class).newInstance(threads);
        }
        String before = System.getProperty(Lanes.WIDTH_PROPERTY);
        System.setProperty(Lanes.WIDTH_PROPERTY, Integer.toString(bits));
        try {
            LOADED.put(bits, new OwnKernels().loadClass(VectorBackend.class.getName()));
            // The width is read when the first backend is made.
            return (Backend) LOADED.get(bits).getConstructor(int.class).newInstance(threads);
        } finally {
            if (before == null) {
                System.clearProperty(Lanes.WIDTH_PROPERTY);
            } else {
                System.setProperty(Lanes.WIDTH_PROPERTY, before);
            }
        }
    }

    /** Defines the kernels itself and leaves everything else to its parent. */
    private static final class OwnKernels extends ClassLoader {

        OwnKernels() {
            super(VectorWidths.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                boolean kernel = name.startsWith(VectorBackend.class.getPackageName());
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : kernel ? define(name) : super.loadClass(name, resolve);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
