// A frame of masked decoding, see MaskedFrame.java and HostMaskedFrame, its specification. What changes from step to step lies in
// device memory, so that a recorded step serves the next one too.
#include "sampling.cu"

// Where a frame is.
struct MaskedState {
    int step;
    int unknown; // codes
    int broken; // the first code whose logits were not finite, or INT_MAX
};

// All arrays of a frame; the same arguments for every kernel but draw.
struct MaskedArgs {
    const int* rowOfCode; // of a frame
    const int* startIds; // of the rows of a frame
    const int* storedIds; // the same; negative where its code stands
    const int* unknownAfter; // by step
    MaskedState* state;
    int* codes; // negative where unknown
    int* unknown; // which are, ascending
    int* drawn; // by code
    double* scores; // by code; infinite where known
    int* ids; // of the batch
    int* chosen; // rows of the batch
    int count; // codes
    int steps;
    int branches;
    int frameRows;
    int firstCode;
    int rows; // of each branch, for chooseMasked
};

__device__ inline long long threadOfGrid() {
    return blockIdx.x * (long long)blockDim.x + threadIdx.x;
}

// MaskedFrame.begin: a thread per row of the batch or code.
KERNEL(beginMasked, MaskedArgs, 256) {
    long long i = threadOfGrid();
    if (i == 0) {
        *args.state = {0, args.count, 0x7fffffff};
    }
    if (i < args.count) {
        args.codes[i] = -1;
        args.unknown[i] = (int)i;
        args.scores[i] = INFINITY;
    }
    if (i < (long long)args.branches * args.frameRows) {
        args.ids[i] = args.startIds[i % args.frameRows];
    }
}

// MaskedFrame.choose: a thread per chosen row of a branch.
KERNEL(chooseMasked, MaskedArgs, 256) {
    long long i = threadOfGrid();
    if (i < args.rows) {
        int row = args.rowOfCode[args.unknown[max(0, min((int)i, args.state->unknown - 1))]];
        for (int branch = 0; branch < args.branches; branch++) {
            args.chosen[branch * args.rows + i] = branch * args.frameRows + row;
        }
    }
}

// MaskedFrame.draw: one block per chosen row.
struct DrawMaskedArgs {
    const float* logits; // of the guided rows, then of the unguided ones
    const float* uniforms; // shape (steps, codes)
    const double* noise; // the same shape, or null
    const int* unknown;
    MaskedState* state;
    int* drawn;
    double* scores;
    int columns;
    int count; // codes
    int first; // of the chosen rows
    int rows; // of each branch
    int branches;
    float guidance;
    float temperature;
};

KERNEL(drawMasked, DrawMaskedArgs, SAMPLERS) {
    int i = args.first + blockIdx.x;
    if (i >= args.state->unknown) {
        return;
    }
    int code = args.unknown[i];
    size_t number = (size_t)args.state->step * args.count + code;
    const float* guided = args.logits + (size_t)blockIdx.x * args.columns;
    const float* unguided = args.branches == 2 ? guided + (size_t)args.rows * args.columns : nullptr;
    Draw drawn = draw({guided, unguided, args.guidance}, args.columns, args.temperature, args.uniforms[number]);
    if (threadIdx.x == 0) {
        double confidence = log(fmax((double)drawn.probability, 1e-20));
        args.drawn[code] = drawn.column;
        args.scores[code] = args.noise == nullptr ? confidence : confidence + args.noise[number];
        if (isnan(drawn.probability)) {
            atomicMin(&args.state->broken, code);
        }
    }
}

// MaskedFrame.keep, first half: one warp per unknown code. At least the cut, the score with `lowest` others below it in order, is
// whoever has more than `lowest` scores not above its own. Scores and the list of the unknown change only in the other half.
KERNEL(keepMasked, MaskedArgs, 256) {
    int lane = threadIdx.x % WARP;
    long long i = threadOfGrid() / WARP;
    int unknown = args.state->unknown;
    int step = args.state->step;
    if (i >= unknown) {
        return;
    }
    int code = args.unknown[i];
    int lowest = step == args.steps - 1 ? 0 : max(1, min(unknown - 1, args.unknownAfter[step]));
    lowest = min(lowest, args.count - 1);
    double score = args.scores[code];
    int notAbove = 0;
    for (int other = lane; other < args.count; other += WARP) {
        notAbove += args.scores[other] <= score ? 1 : 0;
    }
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        notAbove += __shfl_xor_sync(ALL_LANES, notAbove, distance);
    }
    if (lane == 0 && notAbove > lowest) {
        args.codes[code] = args.drawn[code];
        for (int branch = 0; branch < args.branches; branch++) {
            args.ids[branch * args.frameRows + args.rowOfCode[code]] = args.firstCode + args.drawn[code];
        }
    }
}

// MaskedFrame.keep, second half: one block lists what is unknown still. A thread owns a stretch of adjacent codes.
constexpr int LISTERS = 256;

KERNEL(listMasked, MaskedArgs, LISTERS) {
    int* sums = (int*)sharedMemory(); // unknown codes up to the end of each thread's stretch
    int thread = threadIdx.x;
    int stretch = (args.count + LISTERS - 1) / LISTERS;
    int first = min(args.count, thread * stretch);
    int end = min(args.count, first + stretch);
    int found = 0;
    for (int code = first; code < end; code++) {
        found += args.codes[code] < 0 ? 1 : 0;
    }
    sums[thread] = found;
    __syncthreads();
    for (int distance = 1; distance < LISTERS; distance *= 2) {
        int before = thread >= distance ? sums[thread - distance] : 0;
        __syncthreads();
        sums[thread] += before;
        __syncthreads();
    }
    int at = sums[thread] - found;
    for (int code = first; code < end; code++) {
        if (args.codes[code] < 0) {
            args.unknown[at++] = code;
        } else {
            args.scores[code] = INFINITY;
        }
    }
    if (thread == LISTERS - 1) {
        args.state->unknown = sums[thread];
        args.state->step++;
    }
}

// MaskedFrame.store: a thread per row of the batch.
KERNEL(storeMasked, MaskedArgs, 256) {
    long long i = threadOfGrid();
    if (i < (long long)args.branches * args.frameRows) {
        int id = args.storedIds[i % args.frameRows];
        if (id >= 0) {
            args.ids[i] = id;
        }
    }
}
