/** Where frames go that a cache does not attend to: host memory, then disk. Attention never reads from here. */
package io.packcache.kvcache.tier;
