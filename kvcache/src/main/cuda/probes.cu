// How some queries divide their attention among the rows of a cell, see Backend.attentionWeights and AttentionWeights, its
// specification. In float32 whatever the rows are stored in.
#include "attention.cu"

struct ProbeArgs {
    const float* queries; // shape (size, count), scaled
    float* weights; // shape (rows, count): scores, then weights
    float* largest; // score of each query
    float* sums; // of each query
    float* mass; // of each row
    Cell cell;
    int count; // queries
    int size; // of a head
};

__device__ inline long long probedRows(const ProbeArgs& args) {
    return args.cell.raw.count + args.cell.pages.count;
}

// One block per eight rows, which lie in shared memory; a thread scores them for one query after the other.
constexpr int SCORED_ROWS = 8;

template <typename T>
__device__ inline void scoreRows(const ProbeArgs& args) {
    float* keys = (float*)sharedMemory();
    long long first = blockIdx.x * (long long)SCORED_ROWS;
    for (int i = threadIdx.x; i < SCORED_ROWS * args.size; i += blockDim.x) {
        long long row = first + i / args.size;
        bool raw = row < args.cell.raw.count;
        const T* from = (const T*)(raw ? args.cell.raw.keys : args.cell.pages.keys);
        long long at = raw ? row : row - args.cell.raw.count;
        keys[i] = row < probedRows(args) ? widen(from[at * args.size + i % args.size]) : 0;
    }
    __syncthreads();
    for (int query = threadIdx.x; query < args.count; query += blockDim.x) {
        float scores[SCORED_ROWS] = {};
        for (int c = 0; c < args.size; c++) {
            float channel = args.queries[(size_t)c * args.count + query];
#pragma unroll
            for (int r = 0; r < SCORED_ROWS; r++) {
                scores[r] += keys[r * args.size + c] * channel;
            }
        }
#pragma unroll
        for (int r = 0; r < SCORED_ROWS; r++) {
            long long row = first + r;
            if (row < probedRows(args)) {
                bool raw = row < args.cell.raw.count;
                const float* bias = raw ? args.cell.raw.bias : args.cell.pages.bias;
                float added = bias == nullptr ? 0 : bias[raw ? row : row - args.cell.raw.count];
                args.weights[row * args.count + query] = scores[r] + added;
            }
        }
    }
}

KERNEL(probeScores, ProbeArgs, 256) {
    scoreRows<float>(args);
}

KERNEL(probeScoresBfloat16, ProbeArgs, 256) {
    scoreRows<bfloat16>(args);
}

// One block per query.
KERNEL(probeSums, ProbeArgs, 256) {
    float* scratch = (float*)sharedMemory();
    long long rows = probedRows(args);
    float largest = -INFINITY;
    for (long long row = threadIdx.x; row < rows; row += blockDim.x) {
        largest = fmaxf(largest, args.weights[row * args.count + blockIdx.x]);
    }
    largest = warpMax(largest);
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = largest;
    }
    __syncthreads();
    for (int w = 0; w < (int)blockDim.x / WARP; w++) {
        largest = fmaxf(largest, scratch[w]);
    }
    float sum = 0;
    for (long long row = threadIdx.x; row < rows; row += blockDim.x) {
        sum += expf(args.weights[row * args.count + blockIdx.x] - largest);
    }
    sum = blockSum(sum, scratch);
    if (threadIdx.x == 0) {
        args.largest[blockIdx.x] = largest;
        args.sums[blockIdx.x] = sum;
    }
}

__device__ inline float probeWeight(const ProbeArgs& args, long long row, int query) {
    return expf(args.weights[row * args.count + query] - args.largest[query]) / args.sums[query];
}

// A thread per score, in strides.
KERNEL(probeWeights, ProbeArgs, 256) {
    long long count = probedRows(args) * args.count;
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count;
         i += (long long)gridDim.x * blockDim.x) {
        args.weights[i] = probeWeight(args, i / args.count, (int)(i % args.count));
    }
}

// One warp per row.
KERNEL(probeMass, ProbeArgs, 256) {
    long long row = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / WARP;
    if (row >= probedRows(args)) {
        return;
    }
    float sum = 0;
    for (int query = threadIdx.x % WARP; query < args.count; query += WARP) {
        sum += probeWeight(args, row, query);
    }
    sum = warpSum(sum);
    if (threadIdx.x % WARP == 0) {
        args.mass[row] = sum / args.count;
    }
}
