package io.packcache.stream.flow;

import java.util.List;
import java.util.Optional;

/**
 * What was written into several sinks.
 *
 * @param branches one for each sink, in the order they were given
 */
public record TeeSummary(List<Branch> branches) {

    public TeeSummary {
        branches = List.copyOf(branches);
    }

    /**
     * One sink.
     *
     * @param written what it got
     * @param failure what went wrong in it, if something did
     */
    public record Branch(String name, WriteSummary written, Optional<Throwable> failure) {}

    /**
     * The branch of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Branch branch(String name) {
        return branches.stream()
                .filter(branch -> branch.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no branch is called " + name + ", there are "
                        + branches.stream().map(Branch::name).toList()));
    }
}
