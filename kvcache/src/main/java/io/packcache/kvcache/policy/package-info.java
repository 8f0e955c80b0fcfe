/** Who decides what a cache keeps after each frame: one class per policy, and their settings in JSON. */
package io.packcache.kvcache.policy;
