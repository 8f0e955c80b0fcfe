package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.MaskedFrameContract;
import org.junit.jupiter.api.Tag;

@Tag("fallback")
class PlainMaskedFrameTest extends MaskedFrameContract {

    @Override
    protected Backend open() {
        return new PlainBackend();
    }
}
