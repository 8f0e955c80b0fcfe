package io.packcache.examples.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a workload runs on.
 *
 * @param backend name of the compute backend
 * @param threads threads that compute, ours and the peer's
 * @param rounds measured rounds, after one that is not
 * @param model folder of the model, for workloads that generate
 * @param peer who else does the work, if anybody
 * @param scale how large the workload of the paper is
 * @param mainClass what a fresh JVM starts, for workloads that need one
 */
record Bench(
        String backend, int threads, int rounds, Path model, Optional<Peer> peer, PaperScale scale, String mainClass) {}
