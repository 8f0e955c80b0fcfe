package io.packcache.examples.bench;

import java.util.List;

/** All workloads, in the order they are listed. */
final class Workloads {

    static final List<Workload> ALL = List.of(
            new AttentionWorkload(),
            new PagesWorkload(),
            new CompactionWorkload(),
            new RecallWorkload(),
            new GemmWorkload(),
            new GenerateWorkload(),
            new LongWorkload("long", 13, 1),
            new LongWorkload("longer", 60, 30),
            new EndlessWorkload(),
            new StartWorkload(),
            new EncodeWorkload(),
            new PaperWorkload());

    private Workloads() {}
}
