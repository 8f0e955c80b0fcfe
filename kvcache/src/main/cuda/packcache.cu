// All kernels of the CUDA backend in one module.
#include "rows.cu"
#include "norms.cu"
#include "product.cu"
#include "attention.cu"
#include "probes.cu"
#include "pages.cu"
#include "sampling.cu"
#include "masked.cu"
