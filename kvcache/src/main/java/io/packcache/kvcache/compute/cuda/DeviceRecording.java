package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Recording;

/**
 * Work as a CUDA graph. The first run is direct, so that weights are packed, scratch memory has grown and arrays are mirrored;
 * the second is captured; from then on the graph is queued as a whole. A graph holds addresses: when scratch memory has moved
 * since, the work runs directly and is captured anew.
 */
final class DeviceRecording implements Recording {

    private static final int NONE = -1;

    private final Device device;
    private final Runnable work;
    private int graph = NONE;
    private long settledAt = -1; // how often scratch memory had moved when the work last ran directly
    private boolean closed;

    DeviceRecording(Device device, Runnable work) {
        this.device = device;
        this.work = work;
    }

    @Override
    public void run() {
        if (closed) {
            throw new IllegalStateException("a recording is run after close");
        }
        if (settledAt != device.scratchMoves()) {
            forget();
            work.run();
            settledAt = device.scratchMoves();
            return;
        }
        if (graph == NONE) {
            graph = device.capture(work);
        }
        device.driver().replay(graph);
    }

    private void forget() {
        if (graph != NONE) {
            device.driver().forget(graph);
            graph = NONE;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            forget();
        }
    }
}
