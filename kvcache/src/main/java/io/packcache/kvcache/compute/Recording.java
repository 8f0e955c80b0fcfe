package io.packcache.kvcache.compute;

/** Work that repeats, see {@link Backend#record}. Belongs to the thread that computes. */
public interface Recording extends AutoCloseable {

    /** Does the work. */
    void run();

    /** Forgets what was noted; not to be run again. */
    @Override
    void close();

    /** Work that is simply done at every run. */
    static Recording direct(Runnable work) {
        return new Recording() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public void close() {
                // Nothing was noted.
            }
        };
    }
}
