// y = W x + bias. Weights lie as in a checkpoint: row-major, one row per output.
#include "tensorcore.cuh"

// PlainBackend.multiply in float32, weights in any of the three formats: a block makes 64 x 64 results, a thread 4 x 4.
struct ProductArgs {
    const float* x; // the first row
    const void* weights;
    const float* bias; // or null
    float* y;
    int rows;
    int inputs;
    int outputs;
};

constexpr int TILE = 64;
constexpr int DEPTH = 16;

struct ProductShared {
    float x[DEPTH][TILE + 4]; // input, row
    float weights[DEPTH][TILE + 4]; // input, output
};

struct Float32Weights {
    static __device__ inline float get(const void* weights, size_t at) {
        return ((const float*)weights)[at];
    }
};

struct Bfloat16Weights {
    static __device__ inline float get(const void* weights, size_t at) {
        return widen(((const bfloat16*)weights)[at]);
    }
};

// NumberFormat.FLOAT16.widen.
struct Float16Weights {
    static __device__ inline float get(const void* weights, size_t at) {
        unsigned bits = ((const unsigned short*)weights)[at];
        float magnitude = bitsToFloat((bits & 0x7fff) << 13) * 5.192296858534828e33f;
        return bits & 0x8000 ? -magnitude : magnitude;
    }
};

template <typename Format>
__device__ inline void product(const ProductArgs& args) {
    ProductShared& shared = *(ProductShared*)sharedMemory();
    int firstRow = blockIdx.y * TILE;
    int firstOutput = blockIdx.x * TILE;
    int threadRow = threadIdx.x / 16 * 4;
    int threadOutput = threadIdx.x % 16 * 4;
    float sums[4][4] = {};
    for (int k0 = 0; k0 < args.inputs; k0 += DEPTH) {
        for (int i = threadIdx.x; i < TILE * DEPTH; i += blockDim.x) {
            int row = i / DEPTH;
            int k = i % DEPTH;
            bool inside = k0 + k < args.inputs;
            shared.x[k][row] = inside && firstRow + row < args.rows
                    ? args.x[(size_t)(firstRow + row) * args.inputs + k0 + k]
                    : 0;
            shared.weights[k][row] = inside && firstOutput + row < args.outputs
                    ? Format::get(args.weights, (size_t)(firstOutput + row) * args.inputs + k0 + k)
                    : 0;
        }
        __syncthreads();
        for (int k = 0; k < DEPTH; k++) {
            for (int r = 0; r < 4; r++) {
                for (int n = 0; n < 4; n++) {
                    sums[r][n] += shared.x[k][threadRow + r] * shared.weights[k][threadOutput + n];
                }
            }
        }
        __syncthreads();
    }
    for (int r = 0; r < 4; r++) {
        for (int n = 0; n < 4; n++) {
            int row = firstRow + threadRow + r;
            int output = firstOutput + threadOutput + n;
            if (row < args.rows && output < args.outputs) {
                float bias = args.bias == nullptr ? 0 : args.bias[output];
                args.y[(size_t)row * args.outputs + output] = sums[r][n] + bias;
            }
        }
    }
}

KERNEL(productFloat32, ProductArgs, 256) {
    product<Float32Weights>(args);
}

KERNEL(productBfloat16Weights, ProductArgs, 256) {
    product<Bfloat16Weights>(args);
}

KERNEL(productFloat16Weights, ProductArgs, 256) {
    product<Float16Weights>(args);
}

// PlainBackend.multiply on tensor cores: bfloat16 rows and weights, float32 sums. A block makes 128 x 128 results with eight
// warps of 64 x 32; inputs pass in slices of 32 through three stages of shared memory, copied while the last is multiplied.
struct TensorProductArgs {
    const bfloat16* x; // pitch apart, filled up with zeros
    const bfloat16* weights; // the same
    const float* bias; // or null
    float* y;
    int rows;
    int pitch; // a multiple of 32
    int outputs;
};

constexpr int SIDE = 128;
constexpr int SLICE = 32;
constexpr int SLICE_PITCH = SLICE + 8; // so that eight rows of a matrix lie in different banks
constexpr int STAGES = 3;

struct Stage {
    bfloat16 x[SIDE][SLICE_PITCH];
    bfloat16 weights[SIDE][SLICE_PITCH];
};

__device__ inline void copySlice(Stage& stage, const TensorProductArgs& args, int firstRow, int firstOutput, int k) {
    if (k < args.pitch) {
        for (int i = threadIdx.x; i < SIDE * SLICE / 8; i += blockDim.x) {
            int row = i / (SLICE / 8);
            int column = i % (SLICE / 8) * 8;
            bool isRow = firstRow + row < args.rows;
            bool isOutput = firstOutput + row < args.outputs;
            copyAsync(&stage.x[row][column], args.x + (size_t)(isRow ? firstRow + row : 0) * args.pitch + k + column, isRow);
            copyAsync(
                &stage.weights[row][column],
                args.weights + (size_t)(isOutput ? firstOutput + row : 0) * args.pitch + k + column,
                isOutput);
        }
    }
    commitCopies(); // an empty group too, so that counting groups counts slices
}

KERNEL(productTensorCore, TensorProductArgs, 256) {
    Stage* stages = (Stage*)sharedMemory();
    int firstRow = blockIdx.y * SIDE;
    int firstOutput = blockIdx.x * SIDE;
    int lane = threadIdx.x % WARP;
    int warpRow = threadIdx.x / WARP / 4 * 64;
    int warpOutput = threadIdx.x / WARP % 4 * 32;
    float sums[4][4][4] = {};
    for (int s = 0; s < STAGES - 1; s++) {
        copySlice(stages[s], args, firstRow, firstOutput, s * SLICE);
    }
    for (int slice = 0; slice * SLICE < args.pitch; slice++) {
        waitForCopies<STAGES - 2>();
        __syncthreads();
        int ahead = slice + STAGES - 1;
        copySlice(stages[ahead % STAGES], args, firstRow, firstOutput, ahead * SLICE);
        Stage& stage = stages[slice % STAGES];
#pragma unroll
        for (int k = 0; k < SLICE; k += 16) {
            unsigned weights[2][4]; // of two neighbouring groups of eight outputs, lower and upper inputs each
#pragma unroll
            for (int n = 0; n < 2; n++) {
                int output = warpOutput + n * 16 + lane / 16 * 8 + lane % 8;
                loadMatrices(weights[n], &stage.weights[output][k + lane / 8 % 2 * 8]);
            }
#pragma unroll
            for (int m = 0; m < 4; m++) {
                unsigned x[4];
                loadMatrices(x, &stage.x[warpRow + m * 16 + lane % 16][k + lane / 16 * 8]);
#pragma unroll
                for (int n = 0; n < 4; n++) {
                    multiplyAdd(sums[m][n], x, weights[n / 2][n % 2 * 2], weights[n / 2][n % 2 * 2 + 1]);
                }
            }
        }
    }
#pragma unroll
    for (int m = 0; m < 4; m++) {
#pragma unroll
        for (int n = 0; n < 4; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int row = firstRow + warpRow + m * 16 + lane / 4 + i / 2 * 8;
                int output = firstOutput + warpOutput + n * 8 + lane % 4 * 2 + i % 2;
                if (row < args.rows && output < args.outputs) {
                    float bias = args.bias == nullptr ? 0 : args.bias[output];
                    args.y[(size_t)row * args.outputs + output] = sums[m][n][i] + bias;
                }
            }
        }
    }
}
