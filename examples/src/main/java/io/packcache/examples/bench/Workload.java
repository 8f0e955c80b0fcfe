package io.packcache.examples.bench;

import java.io.IOException;

/** Something worth measuring, under a name that the command line knows. */
interface Workload {

    String name();

    /** One line: what is done and against what. */
    String summary();

    /** The script of its peer, in {@code examples/benchmarks}. */
    default String peer() {
        return "torch_peer.py";
    }

    Report run(Bench bench) throws IOException;
}
