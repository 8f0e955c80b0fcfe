package io.packcache.stream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.PictureTracking;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a picture unreleased, or releases one twice, with the stacks that took and released it. Found
 * by every test of a module that turns JUnit's extension search and {@link PictureTracking} on.
 */
public final class NothingHeld implements BeforeEachCallback, AfterEachCallback {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long before;

    @Override
    public void beforeEach(ExtensionContext context) {
        before = PictureTracking.taken();
        PictureTracking.takeFaults(before);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!PictureTracking.isOn()) {
            return;
        }
        // A thread that the test ended may still be about to release what it holds.
        long patience = System.nanoTime() + PATIENCE_NANOS;
        List<Throwable> held = PictureTracking.heldSince(before);
        while (!held.isEmpty() && System.nanoTime() < patience) {
            Thread.onSpinWait();
            held = PictureTracking.heldSince(before);
        }
        assertThat(held).as("pictures not released").isEmpty();
        // What a test of another engine lost before this one began is found whenever the collector runs.
        assertThat(PictureTracking.takeFaults(before)).as("pictures misused").isEmpty();
    }
}
