package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.EncodedAttentionContract;

/** The kernels in float32, run on the host, against their definitions. */
class CudaEncodedAttentionTest extends EncodedAttentionContract {

    @Override
    protected Backend open() {
        return new CudaBackend(Emulator.open(), Precision.FLOAT32);
    }
}
