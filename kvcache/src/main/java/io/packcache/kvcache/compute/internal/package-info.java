/** What the CPU backends share: their memory, the checks of every call, and the operations that only copy. */
package io.packcache.kvcache.compute.internal;
