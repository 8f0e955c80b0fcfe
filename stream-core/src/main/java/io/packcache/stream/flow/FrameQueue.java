package io.packcache.stream.flow;

import io.packcache.stream.frame.FlowElement;
import java.util.Objects;

/**
 * A bounded queue that owns what it holds. What belongs to an epoch that is over leaves it without being handed on. Not
 * thread-safe: whoever owns it guards it. Allocates nothing after its construction.
 *
 * @param <T> what waits
 */
public final class FrameQueue<T extends FlowElement> {

    private final FlowElement[] places;

    /** When each element came, in nanoseconds; null if nobody asks. */
    private final long[] arrivals;

    private final OverflowStrategy strategy;
    private final FlowObserver observer;
    private int first;
    private int size;
    private long dropped;

    /**
     * Makes an empty queue.
     *
     * @param capacity elements that may wait, at least 1
     */
    public FrameQueue(int capacity, OverflowStrategy strategy, FlowObserver observer) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue holds at least 1 element, got " + capacity);
        }
        this.places = new FlowElement[capacity];
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        this.observer = Objects.requireNonNull(observer, "observer");
        this.arrivals = observer == FlowObserver.NONE ? null : new long[capacity];
    }

    /**
     * Takes an element over, dropping one if the strategy says so.
     *
     * @return false if the queue is full and drops nothing; the element is then still the caller's
     */
    public boolean offer(T element) {
        if (element.epoch().isOver()) {
            drop(element, FlowObserver.Drop.OLD_EPOCH);
            return true;
        }
        if (size == places.length) {
            sweep();
        }
        if (size == places.length) {
            if (strategy == OverflowStrategy.DROP_NEWEST) {
                drop(element, FlowObserver.Drop.OVERFLOW);
                return true;
            }
            if (strategy != OverflowStrategy.DROP_OLDEST) {
                return false;
            }
            drop(remove(), FlowObserver.Drop.OVERFLOW);
        }
        add(element);
        return true;
    }

    /** Hands the oldest element over that is not out of date; null if there is none. */
    public T poll() {
        sweepHead();
        if (size == 0) {
            return null;
        }
        if (arrivals != null) {
            observer.waited(System.nanoTime() - arrivals[first]);
        }
        return remove();
    }

    /** Releases the oldest element that is not out of date because its time has passed. */
    public void skip() {
        sweepHead();
        if (size > 0) {
            drop(remove(), FlowObserver.Drop.LATE);
        }
    }

    /** Elements that wait and are not out of date. */
    public int size() {
        sweep();
        return size;
    }

    /** Places that are free. */
    public int room() {
        return places.length - size();
    }

    /** Elements released instead of handed on, {@link #clear} not counted. */
    public long dropped() {
        return dropped;
    }

    /** Releases everything; returns how many elements that were. */
    public int clear() {
        int had = size;
        while (size > 0) {
            remove().release();
        }
        return had;
    }

    private void sweepHead() {
        while (size > 0 && places[first].epoch().isOver()) {
            drop(remove(), FlowObserver.Drop.OLD_EPOCH);
        }
    }

    /** Drops what is out of date, wherever it stands, and closes the gaps. */
    private void sweep() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int from = place(i);
            FlowElement element = places[from];
            if (element.epoch().isOver()) {
                drop(element, FlowObserver.Drop.OLD_EPOCH);
            } else {
                move(from, place(kept++));
            }
        }
        for (int i = kept; i < size; i++) {
            places[place(i)] = null;
        }
        size = kept;
    }

    private void move(int from, int to) {
        if (from != to) {
            places[to] = places[from];
            if (arrivals != null) {
                arrivals[to] = arrivals[from];
            }
        }
    }

    private void add(T element) {
        int at = place(size++);
        places[at] = element;
        if (arrivals != null) {
            arrivals[at] = System.nanoTime();
        }
    }

    @SuppressWarnings("unchecked")
    private T remove() {
        FlowElement element = places[first];
        places[first] = null;
        first = place(1);
        size--;
        return (T) element;
    }

    private void drop(FlowElement element, FlowObserver.Drop cause) {
        dropped++;
        observer.dropped(cause, 1);
        element.release();
    }

    private int place(int index) {
        int at = first + index;
        return at < places.length ? at : at - places.length;
    }
}
