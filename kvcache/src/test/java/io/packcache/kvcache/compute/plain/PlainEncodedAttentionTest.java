package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.EncodedAttentionContract;
import org.junit.jupiter.api.Tag;

@Tag("fallback")
class PlainEncodedAttentionTest extends EncodedAttentionContract {

    @Override
    protected Backend open() {
        return new PlainBackend();
    }
}
