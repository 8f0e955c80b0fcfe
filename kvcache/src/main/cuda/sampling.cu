// Guidance, softmax and one draw per row.
#include "device.cuh"

// PlainBackend.sample: one block per row. A thread owns a stretch of adjacent columns, so that cumulative probabilities are
// sums of stretches and then of columns, in their order.
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

constexpr int SAMPLERS = 256;

struct SampleShared {
    double sums[SAMPLERS + 1]; // of the stretches before each thread's, then of all
    float largest[SAMPLERS];
    int best[SAMPLERS];
    int drawn;
};

__device__ inline float guide(const SampleArgs& args, size_t at, int column) {
    float logit = args.guided[at + column];
    if (args.unguided != nullptr) {
        float other = args.unguided[at + column];
        logit = args.guidance * (logit - other) + other;
    }
    return logit;
}

KERNEL(sample, SampleArgs, SAMPLERS) {
    SampleShared& shared = *(SampleShared*)sharedMemory();
    int thread = threadIdx.x;
    size_t at = (size_t)blockIdx.x * args.columns;
    int stretch = (args.columns + SAMPLERS - 1) / SAMPLERS;
    int first = min(args.columns, thread * stretch);
    int end = min(args.columns, first + stretch);
    float largest = -INFINITY;
    int best = first;
    bool broken = false;
    for (int c = first; c < end; c++) {
        float logit = guide(args, at, c);
        broken = broken || isnan(logit) || logit == INFINITY;
        if (logit > largest) {
            largest = logit;
            best = c;
        }
    }
    shared.largest[thread] = broken ? INFINITY : largest;
    shared.best[thread] = best;
    if (thread == 0) {
        shared.drawn = args.columns - 1;
    }
    __syncthreads();
    largest = shared.largest[0];
    best = shared.best[0];
    for (int t = 1; t < SAMPLERS; t++) {
        if (shared.largest[t] > largest) {
            largest = shared.largest[t];
            best = shared.best[t];
        }
    }
    if (!isfinite(largest)) {
        if (thread == 0) {
            args.drawn[blockIdx.x] = 0;
            args.probabilities[blockIdx.x] = NAN;
        }
        return;
    }
    float temperature = args.temperature == 0 ? 1 : args.temperature;
    double sum = 0;
    for (int c = first; c < end; c++) {
        sum += expf((guide(args, at, c) - largest) / temperature);
    }
    shared.sums[thread + 1] = sum;
    __syncthreads();
    if (thread == 0) {
        shared.sums[0] = 0;
        for (int t = 0; t < SAMPLERS; t++) {
            shared.sums[t + 1] += shared.sums[t];
        }
    }
    __syncthreads();
    double total = shared.sums[SAMPLERS];
    double threshold = args.uniforms[blockIdx.x] * total;
    if (args.temperature != 0 && shared.sums[thread] <= threshold && threshold < shared.sums[thread + 1]) {
        double cumulative = shared.sums[thread];
        int last = first;
        for (int c = first; c < end && cumulative <= threshold; c++) {
            float weight = expf((guide(args, at, c) - largest) / temperature);
            cumulative += weight;
            last = weight > 0 ? c : last; // where rounding keeps the sum below, the last column that can be drawn
        }
        shared.drawn = last;
    }
    __syncthreads();
    if (thread == 0) {
        int drawn = args.temperature == 0 ? best : shared.drawn;
        float weight = expf((guide(args, at, drawn) - largest) / temperature);
        args.drawn[blockIdx.x] = drawn;
        args.probabilities[blockIdx.x] = fmaxf((float)(weight / total), 1.17549435e-38f);
    }
}
