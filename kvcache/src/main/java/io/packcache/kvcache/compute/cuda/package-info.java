/**
 * The backend for NVIDIA devices: kernels of its own beside their sources in {@code src/main/cuda}, reached through the driver
 * interface. Only {@link io.packcache.kvcache.compute.cuda.JCudaDriver} names JCuda, and it is found by name.
 */
package io.packcache.kvcache.compute.cuda;
