// Norms over rows and heads.
#include "device.cuh"

// PlainBackend.rmsNorm: one block per row.
struct RmsNormArgs {
    const float* x;
    const float* weight;
    float* y;
    int columns;
    float epsilon;
};

KERNEL(rmsNorm, RmsNormArgs, 256) {
    float* scratch = (float*)sharedMemory();
    const float* x = args.x + (size_t)blockIdx.x * args.columns;
    float* y = args.y + (size_t)blockIdx.x * args.columns;
    float squares = 0;
    for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
        squares += x[c] * x[c];
    }
    float scale = 1 / sqrtf(blockSum(squares, scratch) / args.columns + args.epsilon);
    for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
        y[c] = x[c] * scale * args.weight[c];
    }
}

// PlainBackend.headNorm: one warp per head of a row, whatever its size.
struct HeadNormArgs {
    float* x;
    const float* weight;
    const float* bias;
    long long count; // heads of all rows
    int heads;
    int headsPerGroup;
    int size;
    float epsilon;
};

KERNEL(headNorm, HeadNormArgs, 256) {
    int lane = threadIdx.x % WARP;
    long long i = blockIdx.x * (long long)(blockDim.x / WARP) + threadIdx.x / WARP;
    if (i >= args.count) {
        return;
    }
    float* x = args.x + i * args.size;
    int group = (int)(i % args.heads) / args.headsPerGroup * args.size;
    float sum = 0;
    for (int c = lane; c < args.size; c += WARP) {
        sum += x[c];
    }
    float mean = warpSum(sum) / args.size;
    float squares = 0;
    for (int c = lane; c < args.size; c += WARP) {
        squares += (x[c] - mean) * (x[c] - mean);
    }
    float scale = 1 / sqrtf(warpSum(squares) / args.size + args.epsilon);
    for (int c = lane; c < args.size; c += WARP) {
        x[c] = (x[c] - mean) * scale * args.weight[group + c] + args.bias[group + c];
    }
}
