/** How much each cell (layer and KV head) may keep, and the exact division of tokens that all shares end in. */
package io.packcache.kvcache.policy.share;
