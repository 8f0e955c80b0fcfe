package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.MaskedFrameContract;

/** On the sampling of the widest vectors. */
class VectorMaskedFrameTest extends MaskedFrameContract {

    @Override
    protected Backend open() {
        return new VectorBackend(2);
    }
}
