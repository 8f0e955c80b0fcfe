// Encoded rows become rows that attention reads.
#include "device.cuh"

// PackedRows.decode and, for keys, the turn of their page: one block per row.
struct DecodePackedArgs {
    const int* words; // of the codes, shape (words, columns)
    const float* scales; // shape (groups, blocks)
    const float* zeros; // same shape
    const int* groups; // of each row
    const float* centroids; // or null
    const int* centroidIds; // of each row, or null if there is one centroid
    const float* cos; // length columns / 2, or null
    const float* sin;
    void* out;
    int columns;
    int block; // columns that share a scale
    int blocks;
    int rowsPerWord;
    int ternary; // 1 where a code is a trit
};

// Packing.code.
__device__ inline int unpack(unsigned word, int row, int rowsPerWord, bool ternary) {
    int slot = row % rowsPerWord;
    if (!ternary) {
        int bits = 32 / rowsPerWord;
        return word >> (slot * bits) & ((1u << bits) - 1);
    }
    unsigned powers = 1;
    for (int i = 0; i < slot % 5; i++) {
        powers *= 3;
    }
    unsigned fraction = ((word >> (slot / 5 * 8) & 0xff) * powers) & 0xff;
    return fraction * 3 >> 8;
}

__device__ inline float decoded(const DecodePackedArgs& args, int row, int column) {
    unsigned word = (unsigned)args.words[(size_t)(row / args.rowsPerWord) * args.columns + column];
    int range = args.groups[row] * args.blocks + column / args.block;
    // Two roundings, as the specification has them, not one.
    float value = __fadd_rn(
        __fmul_rn((float)unpack(word, row, args.rowsPerWord, args.ternary != 0), args.scales[range]),
        args.zeros[range]);
    if (args.centroids != nullptr) {
        int centroid = args.centroidIds == nullptr ? 0 : args.centroidIds[row];
        value += args.centroids[(size_t)centroid * args.columns + column];
    }
    return value;
}

template <typename T>
__device__ inline void decodeRow(const DecodePackedArgs& args) {
    int row = blockIdx.x;
    T* out = (T*)args.out + (size_t)row * args.columns;
    if (args.cos == nullptr) {
        for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
            store(out + c, decoded(args, row, c));
        }
        return;
    }
    int half = args.columns / 2;
    for (int j = threadIdx.x; j < half; j += blockDim.x) {
        float a = decoded(args, row, j);
        float b = decoded(args, row, j + half);
        store(out + j, a * args.cos[j] - b * args.sin[j]);
        store(out + j + half, b * args.cos[j] + a * args.sin[j]);
    }
}

KERNEL(decodePacked, DecodePackedArgs, 128) {
    decodeRow<float>(args);
}

KERNEL(decodePackedBfloat16, DecodePackedArgs, 128) {
    decodeRow<bfloat16>(args);
}

// The same for rows that were decoded elsewhere and lie in float32: one block per row.
struct TurnPageArgs {
    const float* rows;
    const float* cos; // or null
    const float* sin;
    void* out;
    int columns;
};

template <typename T>
__device__ inline void turnPageRow(const TurnPageArgs& args) {
    const float* row = args.rows + (size_t)blockIdx.x * args.columns;
    T* out = (T*)args.out + (size_t)blockIdx.x * args.columns;
    if (args.cos == nullptr) {
        for (int c = threadIdx.x; c < args.columns; c += blockDim.x) {
            store(out + c, row[c]);
        }
        return;
    }
    int half = args.columns / 2;
    for (int j = threadIdx.x; j < half; j += blockDim.x) {
        float a = row[j];
        float b = row[j + half];
        store(out + j, a * args.cos[j] - b * args.sin[j]);
        store(out + j + half, b * args.cos[j] + a * args.sin[j]);
    }
}

KERNEL(turnPage, TurnPageArgs, 128) {
    turnPageRow<float>(args);
}

KERNEL(turnPageBfloat16, TurnPageArgs, 128) {
    turnPageRow<bfloat16>(args);
}
