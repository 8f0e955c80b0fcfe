// Kernels that move or change rows without looking at their neighbours.
#include "device.cuh"

// PlainBackend.embed: out[r] = table[ids[r]]. One block per row.
struct EmbedArgs {
    const float* table;
    const int* ids;
    float* out;
    int columns;
};

KERNEL(embed, EmbedArgs, 256) {
    const float* from = args.table + (size_t)args.ids[blockIdx.x] * args.columns;
    float* to = args.out + (size_t)blockIdx.x * args.columns;
    for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
        to[c] = from[c];
    }
}

// The other half of Tensor.read and write where rows lie in bfloat16.
struct ConvertArgs {
    const void* from;
    void* to;
    long long count;
};

KERNEL(widenRows, ConvertArgs, 256) {
    const bfloat16* from = (const bfloat16*)args.from;
    float* to = (float*)args.to;
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < args.count;
         i += (long long)gridDim.x * blockDim.x) {
        to[i] = widen(from[i]);
    }
}

KERNEL(narrowRows, ConvertArgs, 256) {
    const float* from = (const float*)args.from;
    bfloat16* to = (bfloat16*)args.to;
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < args.count;
         i += (long long)gridDim.x * blockDim.x) {
        to[i] = narrow(from[i]);
    }
}

// Rows of float32 as the tensor-core product reads them: bfloat16, each row filled up with zeros. One block per row.
struct NarrowPaddedArgs {
    const float* from;
    bfloat16* to;
    int columns;
    int pitch;
};

KERNEL(narrowPadded, NarrowPaddedArgs, 256) {
    const float* from = args.from + (size_t)blockIdx.x * args.columns;
    bfloat16* to = args.to + (size_t)blockIdx.x * args.pitch;
    for (int c = threadIdx.x; c < args.pitch; c += blockDim.x) {
        to[c] = c < args.columns ? narrow(from[c]) : (bfloat16)0;
    }
}

// PlainBackend.add: target += x.
struct AddArgs {
    const float* x;
    float* target;
    long long count;
};

KERNEL(add, AddArgs, 256) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < args.count;
         i += (long long)gridDim.x * blockDim.x) {
        args.target[i] += args.x[i];
    }
}

// A bias added to every row of a product that another library made.
struct AddBiasArgs {
    const float* bias;
    float* target;
    int columns;
};

KERNEL(addBias, AddBiasArgs, 256) {
    float* row = args.target + (size_t)blockIdx.x * args.columns;
    for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
        row[c] += args.bias[c];
    }
}

// PlainBackend.swiGlu: out = gate / (1 + exp(-gate)) * up.
struct SwiGluArgs {
    const float* gate;
    const float* up;
    float* out;
    long long count;
};

KERNEL(swiGlu, SwiGluArgs, 256) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < args.count;
         i += (long long)gridDim.x * blockDim.x) {
        float gate = args.gate[i];
        args.out[i] = gate / (1 + expf(-gate)) * args.up[i];
    }
}

// PlainBackend.rotate: the pairs (j, j + half) of every head of row r by row r of cos and sin. One block per row.
struct RotateArgs {
    float* x;
    const float* cos;
    const float* sin;
    int heads;
    int half;
};

KERNEL(rotate, RotateArgs, 256) {
    int pairs = args.heads * args.half;
    float* row = args.x + (size_t)blockIdx.x * 2 * pairs;
    const float* cos = args.cos + (size_t)blockIdx.x * args.half;
    const float* sin = args.sin + (size_t)blockIdx.x * args.half;
    for (int i = threadIdx.x; i < pairs; i += blockDim.x) {
        int j = i % args.half;
        float* pair = row + i / args.half * 2 * args.half + j;
        float a = pair[0];
        float b = pair[args.half];
        pair[0] = a * cos[j] - b * sin[j];
        pair[args.half] = b * cos[j] + a * sin[j];
    }
}

// PlainBackend.rotateRows: all rows by the same angles, in double, rounded once. One block per row.
constexpr int MOST_PAIRS = 128;

struct RotateRowsArgs {
    void* rows;
    double cos[MOST_PAIRS];
    double sin[MOST_PAIRS];
    int half;
};

template <typename T>
__device__ inline void turnRow(const RotateRowsArgs& args) {
    T* row = (T*)args.rows + (size_t)blockIdx.x * 2 * args.half;
    for (int j = threadIdx.x; j < args.half; j += blockDim.x) {
        if (args.sin[j] != 0 || args.cos[j] != 1) {
            double a = widen(row[j]);
            double b = widen(row[j + args.half]);
            store(row + j, (float)(a * args.cos[j] - b * args.sin[j]));
            store(row + j + args.half, (float)(b * args.cos[j] + a * args.sin[j]));
        }
    }
}

KERNEL(rotateRows, RotateRowsArgs, 128) {
    turnRow<float>(args);
}

KERNEL(rotateRowsBfloat16, RotateRowsArgs, 128) {
    turnRow<bfloat16>(args);
}

// PlainBackend.storeHeads: one block per row, which it splits by head.
constexpr int MOST_HEADS = 64;

struct StoreHeadsArgs {
    const float* x; // the first row
    void* heads[MOST_HEADS];
    int atRow[MOST_HEADS];
    int firstColumn; // of the first head
    int columns; // of x
    int count; // heads
    int size; // of a head
};

template <typename T>
__device__ inline void storeRow(const StoreHeadsArgs& args) {
    const float* from = args.x + (size_t)blockIdx.x * args.columns + args.firstColumn;
    for (int i = threadIdx.x; i < args.count * args.size; i += blockDim.x) {
        int head = i / args.size;
        T* to = (T*)args.heads[head] + ((size_t)args.atRow[head] + blockIdx.x) * args.size;
        store(to + i % args.size, from[i]);
    }
}

KERNEL(storeHeads, StoreHeadsArgs, 256) {
    storeRow<float>(args);
}

KERNEL(storeHeadsBfloat16, StoreHeadsArgs, 256) {
    storeRow<bfloat16>(args);
}

// Backend.closeUp, in place: row i becomes row rows[i], and rows[i] >= i. A block owns one strip of 16 or 4 bytes columns of
// one tensor and moves it in portions from the front: a portion is read whole before it is written, and it only
// overwrites rows that no later portion reads. grid (strips, tensors).
struct CloseUpArgs {
    void* const* tensors;
    const int* rows;
    int count;
    int unitsPerRow;
    int stripUnits; // units of a row that a block moves
};

template <typename Unit>
__device__ inline void closeUpStrip(const CloseUpArgs& args) {
    Unit* tensor = (Unit*)args.tensors[blockIdx.y];
    int firstUnit = blockIdx.x * args.stripUnits;
    int width = min(args.stripUnits, args.unitsPerRow - firstUnit);
    int rowsAtATime = blockDim.x / args.stripUnits;
    int lane = threadIdx.x % args.stripUnits;
    int slot = threadIdx.x / args.stripUnits;
    for (int first = 0; first < args.count; first += rowsAtATime) {
        int row = first + slot;
        bool moves = slot < rowsAtATime && lane < width && row < args.count && args.rows[row] != row;
        Unit value{};
        if (moves) {
            value = tensor[(size_t)args.rows[row] * args.unitsPerRow + firstUnit + lane];
        }
        __syncthreads();
        if (moves) {
            tensor[(size_t)row * args.unitsPerRow + firstUnit + lane] = value;
        }
        __syncthreads();
    }
}

KERNEL(closeUp16, CloseUpArgs, 256) {
    closeUpStrip<uint4>(args);
}

KERNEL(closeUp4, CloseUpArgs, 256) {
    closeUpStrip<unsigned>(args);
}

KERNEL(closeUp2, CloseUpArgs, 256) {
    closeUpStrip<bfloat16>(args);
}
