package io.packcache.stream.model;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import java.util.List;

/**
 * What one branch contributes to a forward pass.
 *
 * @param cache the branch's cache; the rows' keys and values are staged at its tail
 * @param tokens the rows, in sequence order; text sees what is before it, a frame also all of itself
 * @param ids token id of each row; read anew at every run of the pass, so the caller may change it in between
 */
public record BranchRows(KvCache cache, List<TokenInfo> tokens, int[] ids) {

    public BranchRows {
        tokens = List.copyOf(tokens);
        if (ids.length != tokens.size() || ids.length == 0) {
            throw new IllegalArgumentException("a branch contributes at least one row, with one id each, got "
                    + tokens.size() + " rows and " + ids.length + " ids");
        }
    }

    int rows() {
        return ids.length;
    }
}
