package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.BackendContract;
import org.junit.jupiter.api.Tag;

@Tag("fallback")
class PlainBackendTest extends BackendContract {

    @Override
    protected Backend open() {
        return new PlainBackend();
    }
}
