// Guidance, softmax and one draw per row.
#pragma once

#include "device.cuh"

// Logits of one row, guided.
struct Logits {
    const float* guided;
    const float* unguided; // or null
    float guidance;

    __device__ inline float at(int column) const {
        float logit = guided[column];
        if (unguided != nullptr) {
            float other = unguided[column];
            logit = guidance * (logit - other) + other;
        }
        return logit;
    }
};

constexpr int SAMPLERS = 256;
constexpr int SAMPLER_WARPS = SAMPLERS / WARP;

struct DrawShared {
    double sums[SAMPLER_WARPS];
    float largest[SAMPLER_WARPS];
    int best[SAMPLER_WARPS];
    int drawn;
};

struct Draw {
    int column;
    float probability; // not a number where the row cannot be sampled
};

// The largest of a warp's numbers and the first column that has it; in every lane.
__device__ inline void warpLargest(float& largest, int& best) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        float other = __shfl_xor_sync(ALL_LANES, largest, distance);
        int column = __shfl_xor_sync(ALL_LANES, best, distance);
        if (other > largest || (other == largest && column < best)) {
            largest = other;
            best = column;
        }
    }
}

// The sums of each lane's number and those of the lanes before it.
__device__ inline double warpPrefix(double value) {
    int lane = threadIdx.x % WARP;
    for (int distance = 1; distance < WARP; distance *= 2) {
        double other = __shfl_up_sync(ALL_LANES, value, distance);
        value += lane >= distance ? other : 0;
    }
    return value;
}

// The first column of a warp's stretch whose cumulative weight exceeds the threshold; where rounding keeps the sum below, the last
// column that can be drawn.
__device__ inline int drawnOf(
    const Logits& logits, int first, int end, float largest, float temperature, double before, double threshold) {
    int lane = threadIdx.x % WARP;
    int last = first;
    for (int group = first; group < end; group += WARP) {
        int column = group + lane;
        float weight = column < end ? expf((logits.at(column) - largest) / temperature) : 0;
        double through = warpPrefix(weight);
        unsigned possible = __ballot_sync(ALL_LANES, weight > 0);
        unsigned beyond = __ballot_sync(ALL_LANES, weight > 0 && before + through > threshold);
        if (beyond != 0) {
            return group + __ffs(beyond) - 1;
        }
        last = possible == 0 ? last : group + WARP - 1 - __clz(possible);
        before += __shfl_sync(ALL_LANES, through, WARP - 1);
    }
    return last;
}

// PlainBackend.sample for one row by a whole block. A warp owns a stretch of adjacent columns and reads neighbours side by side, so
// that cumulative probabilities are sums of stretches and then of columns, in their order.
__device__ inline Draw draw(const Logits& logits, int columns, float temperature, float uniform) {
    DrawShared& shared = *(DrawShared*)sharedMemory();
    int warp = threadIdx.x / WARP;
    int lane = threadIdx.x % WARP;
    int stretch = (columns + SAMPLERS - 1) / SAMPLERS * WARP;
    int first = min(columns, warp * stretch);
    int end = min(columns, first + stretch);
    float largest = -INFINITY;
    int best = columns - 1;
    for (int c = first + lane; c < end; c += WARP) {
        float logit = logits.at(c);
        logit = isnan(logit) ? INFINITY : logit;
        if (logit > largest) {
            largest = logit;
            best = c;
        }
    }
    warpLargest(largest, best);
    if (lane == 0) {
        shared.largest[warp] = largest;
        shared.best[warp] = best;
    }
    __syncthreads();
    largest = shared.largest[0];
    best = shared.best[0];
    for (int w = 1; w < SAMPLER_WARPS; w++) {
        if (shared.largest[w] > largest) {
            largest = shared.largest[w];
            best = shared.best[w];
        }
    }
    if (!isfinite(largest)) {
        return {0, NAN};
    }
    bool greedy = temperature == 0;
    temperature = greedy ? 1 : temperature;
    double sum = 0;
    for (int c = first + lane; c < end; c += WARP) {
        sum += expf((logits.at(c) - largest) / temperature);
    }
    sum = __shfl_sync(ALL_LANES, warpPrefix(sum), WARP - 1);
    if (lane == 0) {
        shared.sums[warp] = sum;
    }
    if (threadIdx.x == 0) {
        shared.drawn = best;
    }
    __syncthreads();
    double total = 0;
    double before = 0;
    for (int w = 0; w < SAMPLER_WARPS; w++) {
        before = w == warp ? total : before;
        total += shared.sums[w];
    }
    double threshold = uniform * total;
    if (!greedy && before <= threshold && threshold < before + sum) {
        int drawn = drawnOf(logits, first, end, largest, temperature, before, threshold);
        if (lane == 0) {
            shared.drawn = drawn;
        }
    }
    __syncthreads();
    int drawn = shared.drawn;
    float weight = expf((logits.at(drawn) - largest) / temperature);
    return {drawn, fmaxf((float)(weight / total), 1.17549435e-38f)};
}

// One block per row.
struct SampleArgs {
    const float* guided;
    const float* unguided; // or null
    const float* uniforms;
    int* drawn;
    float* probabilities; // not a number where a row cannot be sampled
    int columns;
    float guidance;
    float temperature;
};

KERNEL(sample, SampleArgs, SAMPLERS) {
    size_t at = (size_t)blockIdx.x * args.columns;
    const float* unguided = args.unguided == nullptr ? nullptr : args.unguided + at;
    Draw drawn = draw({args.guided + at, unguided, args.guidance}, args.columns, args.temperature, args.uniforms[blockIdx.x]);
    if (threadIdx.x == 0) {
        args.drawn[blockIdx.x] = drawn.column;
        args.probabilities[blockIdx.x] = drawn.probability;
    }
}
