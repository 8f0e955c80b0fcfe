package io.packcache.kvcache.compute.cuda;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What was made of objects that others own, by identity. An entry is closed at the first {@link #sweep} after the garbage
 * collector has found its object dead.
 *
 * @param <K> what entries are made of
 * @param <V> what is made of them
 */
final class IdentityCache<K, V extends AutoCloseable> {

    private final Map<Key, V> entries = new HashMap<>();
    private final ReferenceQueue<Object> dead = new ReferenceQueue<>();

    /** Equal to a key of the same live object, and to itself. */
    private static final class Key extends WeakReference<Object> {

        private final int hash;

        Key(Object referent, ReferenceQueue<Object> queue) {
            super(referent, queue);
            hash = System.identityHashCode(referent);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other || (other instanceof Key key && get() != null && key.get() == get());
        }
    }

    /** The entry of an object, made now if there is none. */
    V get(K object, Function<K, V> make) {
        V known = entries.get(new Key(object, null));
        if (known == null) {
            known = make.apply(object);
            entries.put(new Key(object, dead), known);
        }
        return known;
    }

    /** Closes what was made of objects that are gone. */
    void sweep() {
        for (Object key = dead.poll(); key != null; key = dead.poll()) {
            V entry = entries.remove(key);
            try {
                entry.close();
            } catch (Exception e) {
                throw new IllegalStateException("device memory could not be given back", e);
            }
        }
    }
}
