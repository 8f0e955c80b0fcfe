package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.MaskedFrameContract;

/** The kernels in float32, run on the host, against their definitions. */
class CudaMaskedFrameTest extends MaskedFrameContract {

    @Override
    protected Backend open() {
        return new CudaBackend(Emulator.open(), Precision.FLOAT32);
    }
}
