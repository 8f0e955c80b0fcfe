package io.packcache.kvcache;

import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Selection;

/**
 * The content of one frame as pages, one per cell. Replaced as a whole when anything but the notes changes.
 *
 * @param frame number of the latent frame
 * @param slot where on the time axis the frame stood when its keys were encoded
 * @param shift how far positions have been shifted on every axis since then
 * @param encoding how
 * @param content which content lies in the pages, row by row in ascending order
 * @param pages by cell; null where a cell holds nothing of the frame here
 * @param notes by cell, as many rows as the page; null where there is none
 */
record EncodedFrame(
        long frame, long slot, int shift, Encoding encoding, Selection content, Page[] pages, RowNotes[] notes) {

    /** The same codes, turned to stand elsewhere; both null if they stand where they were encoded. */
    EncodedFrame turned(int newShift, float[] cos, float[] sin) {
        Page[] turned = new Page[pages.length];
        for (int cell = 0; cell < pages.length; cell++) {
            Page page = pages[cell];
            turned[cell] = page == null ? null : new Page(page.keys(), page.values(), cos, sin, page.bias());
        }
        return new EncodedFrame(frame, slot, newShift, encoding, content, turned, notes);
    }

    /** The same with other notes; biases stay as they are. */
    EncodedFrame withNotes(RowNotes[] other) {
        return new EncodedFrame(frame, slot, shift, encoding, content, pages, other);
    }

    /** Bytes of codes, content, notes and the turn, exactly. */
    long bytes() {
        long bytes = content.bytes();
        float[] turn = null;
        for (int cell = 0; cell < pages.length; cell++) {
            Page page = pages[cell];
            if (page != null) {
                bytes += page.keys().bytes() + page.values().bytes() + notes[cell].bytes();
                turn = page.cos();
            }
        }
        return turn == null ? bytes : bytes + 2L * turn.length * Float.BYTES;
    }
}
