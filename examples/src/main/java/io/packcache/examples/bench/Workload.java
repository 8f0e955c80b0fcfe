package io.packcache.examples.bench;

import java.io.IOException;
import java.util.List;

/** Something worth measuring, under a name that the command line knows. */
interface Workload {

    /** All of them, in the order they are listed. */
    List<Workload> ALL = List.of(
            new AttentionWorkload(),
            new PagesWorkload(),
            new CompactionWorkload(),
            new GemmWorkload(),
            new GenerateWorkload(),
            new LongWorkload("long", 13, 1),
            new LongWorkload("longer", 60, 30),
            new EndlessWorkload(),
            new StartWorkload(),
            new EncodeWorkload(),
            new PaperWorkload());

    String name();

    /** One line: what is done and against what. */
    String summary();

    /** The script of its peer, in {@code examples/benchmarks}. */
    default String peer() {
        return "torch_peer.py";
    }

    Report run(Bench bench) throws IOException;
}
