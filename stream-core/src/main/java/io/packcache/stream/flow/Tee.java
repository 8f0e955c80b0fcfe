package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The same pictures for several sinks, each with its own thread, queue and strategy. One that fails ends alone; the tee
 * fails when the source does, or when the last sink has failed. Thread-safe.
 */
public final class Tee implements Drain {

    private final List<Branch> branches = new ArrayList<>();
    private final Listener<TeeSummary> listener;

    private long told;
    private int open;
    private Throwable sourceFailure;

    /**
     * Makes a tee that has not started.
     *
     * @param settings at least one, of different names
     */
    public Tee(List<TeeBranch> settings, FlowObserver observer, Listener<TeeSummary> listener) {
        check(settings);
        this.listener = listener;
        this.open = settings.size();
        settings.forEach(branch -> branches.add(new Branch(branch, observer)));
    }

    /**
     * Refuses branches that make no tee.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    public static void check(List<TeeBranch> settings) {
        if (settings.isEmpty()) {
            throw new IllegalArgumentException("a tee has at least one branch");
        }
        List<String> names = settings.stream().map(TeeBranch::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("the branches of a tee have different names, got " + names);
        }
    }

    @Override
    public void start() {
        branches.forEach(branch -> branch.writer.start());
    }

    @Override
    public void offer(VideoFrame picture) {
        for (Branch branch : branches) {
            branch.writer.offer(picture.retain());
        }
        picture.release();
    }

    @Override
    public void complete() {
        toEach(SinkWriter::complete);
    }

    @Override
    public void fail(Throwable cause) {
        remember(cause);
        toEach(writer -> writer.fail(cause));
    }

    @Override
    public void cancel() {
        toEach(SinkWriter::cancel);
    }

    @Override
    public void abort(Throwable cause) {
        remember(cause);
        toEach(writer -> writer.abort(cause));
    }

    private synchronized void remember(Throwable cause) {
        sourceFailure = cause;
    }

    private void toEach(Consumer<SinkWriter> end) {
        branches.forEach(branch -> end.accept(branch.writer));
    }

    /** Asks for what the slowest sink that is still there has room for. */
    private void tellRoom() {
        long more;
        synchronized (this) {
            long room = Long.MAX_VALUE;
            for (Branch branch : branches) {
                room = Math.min(room, branch.gone ? Long.MAX_VALUE : branch.places);
            }
            more = room - told;
            told = room;
        }
        if (more > 0) {
            listener.room(more);
        }
    }

    private void ended(Branch branch) {
        boolean last;
        synchronized (this) {
            branch.gone = true;
            last = branches.stream().allMatch(each -> each.gone);
        }
        if (last) {
            listener.refused();
        } else {
            tellRoom();
        }
    }

    private void closed(Branch branch, TeeSummary.Branch result) {
        synchronized (this) {
            branch.result = result;
            open--;
            if (open > 0) {
                return;
            }
        }
        List<TeeSummary.Branch> results =
                branches.stream().map(each -> each.result).toList();
        listener.closed(new TeeSummary(results), failure(results));
    }

    private synchronized Throwable failure(List<TeeSummary.Branch> results) {
        if (sourceFailure != null
                || results.stream().anyMatch(result -> result.failure().isEmpty())) {
            return sourceFailure;
        }
        Throwable first = results.get(0).failure().get();
        results.stream()
                .skip(1)
                .flatMap(result -> result.failure().stream())
                .filter(other -> other != first)
                .forEach(first::addSuppressed);
        return first;
    }

    private final class Branch implements Listener<WriteSummary> {

        private final String name;
        private final SinkWriter writer;

        // Guarded by the tee.
        private long places;
        private boolean gone;
        private TeeSummary.Branch result;

        Branch(TeeBranch settings, FlowObserver observer) {
            this.name = settings.name();
            this.writer = new SinkWriter(settings.sink(), settings.capacity(), settings.strategy(), observer, this);
        }

        @Override
        public void room(long more) {
            synchronized (Tee.this) {
                places += more;
            }
            tellRoom();
        }

        @Override
        public void refused() {
            ended(this);
        }

        @Override
        public void closed(WriteSummary summary, Throwable failure) {
            Tee.this.closed(this, new TeeSummary.Branch(name, summary, Optional.ofNullable(failure)));
        }
    }
}
