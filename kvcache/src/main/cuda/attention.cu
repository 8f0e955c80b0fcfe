// Attention of a block of queries over the packed rows of one layer, see Attention.java and PlainAttention, its specification.
// Keys pass in tiles; a running maximum and sum per query keep the softmax right (arXiv 1805.02867).
#pragma once

#include "tensorcore.cuh"

// Rows that lie one behind another.
struct Rows {
    const void* keys;
    const void* values;
    const float* bias; // or null
    long long count;
};

// What a KV head attends to: decoded pages, seen by every query, then raw rows, of which a query sees all but the last few.
struct Cell {
    Rows pages;
    Rows raw;
};

constexpr int MOST_CELLS = 32;

struct AttentionArgs {
    const float* queries; // the first row
    float* output;
    const int* hidden; // of each row, or null
    Cell cells[MOST_CELLS];
    int rows;
    int heads; // of all KV heads, those of other launches included
    int firstHead; // query head that the first cell serves first
    int headsPerKey;
    int size; // of a head
    float scale;
};

// Queries of a KV head are numbered head by head, so that few rows of many heads fill a tile too.
__device__ inline size_t queryOffset(const AttentionArgs& args, int query) {
    int head = args.firstHead + blockIdx.y * args.headsPerKey + query / args.rows;
    return ((size_t)(query % args.rows) * args.heads + head) * args.size;
}

__device__ inline int visibleRaw(const AttentionArgs& args, int query) {
    int hidden = args.hidden == nullptr ? 0 : args.hidden[query % args.rows];
    return (int)args.cells[blockIdx.y].raw.count - hidden;
}

// In float32: a warp has four queries; its lanes are the keys of a tile while scores are made, channels while values are
// summed. Dynamic shared memory: queries, keys, values, each of a tile of rows of size + 1, then a row of weights per warp.
constexpr int QUERIES = 16;
constexpr int KEYS = 32;
constexpr int PER_WARP = 4;
constexpr int MOST_CHANNELS = 8; // times 32: the widest head

struct Softmax {
    float largest[PER_WARP];
    float sum[PER_WARP];
    float output[PER_WARP][MOST_CHANNELS];
};

template <typename T>
__device__ inline void attendRows(
    const AttentionArgs& args, const Rows& rows, bool raw, int firstQuery, Softmax& state, float* shared) {
    int pitch = args.size + 1;
    float* queries = shared;
    float* keys = queries + QUERIES * pitch;
    float* values = keys + KEYS * pitch;
    float* weights = values + KEYS * pitch + threadIdx.x / WARP * KEYS;
    int lane = threadIdx.x % WARP;
    int queryCount = args.rows * args.headsPerKey;
    for (int first = 0; first < rows.count; first += KEYS) {
        __syncthreads();
        for (int i = threadIdx.x; i < KEYS * args.size; i += blockDim.x) {
            int row = i / args.size;
            int at = row * pitch + i % args.size;
            bool exists = first + row < rows.count;
            size_t from = (size_t)(first + row) * args.size + i % args.size;
            keys[at] = exists ? widen(((const T*)rows.keys)[from]) : 0;
            values[at] = exists ? widen(((const T*)rows.values)[from]) : 0;
        }
        __syncthreads();
        for (int q = 0; q < PER_WARP; q++) {
            int inTile = threadIdx.x / WARP * PER_WARP + q;
            int query = firstQuery + inTile;
            if (query >= queryCount) {
                continue;
            }
            int seen = raw ? visibleRaw(args, query) : (int)rows.count;
            if (first >= seen) {
                continue;
            }
            float dot = 0;
            for (int c = 0; c < args.size; c++) {
                dot += queries[inTile * pitch + c] * keys[lane * pitch + c];
            }
            bool visible = first + lane < seen;
            float bias = visible && rows.bias != nullptr ? rows.bias[first + lane] : 0;
            float score = visible ? dot * args.scale + bias : -INFINITY;
            float largest = fmaxf(state.largest[q], warpMax(score));
            float shrink = expf(state.largest[q] - largest);
            float weight = expf(score - largest);
            state.largest[q] = largest;
            state.sum[q] = state.sum[q] * shrink + warpSum(weight);
            for (int i = 0; i < MOST_CHANNELS; i++) {
                state.output[q][i] *= shrink;
            }
            weights[lane] = weight;
            __syncwarp();
            for (int t = 0; t < KEYS; t++) {
                float w = weights[t];
                for (int i = 0; i < MOST_CHANNELS; i++) {
                    int c = i * WARP + lane;
                    if (c < args.size) {
                        state.output[q][i] += w * values[t * pitch + c];
                    }
                }
            }
            __syncwarp();
        }
    }
}

template <typename T>
__device__ inline void attend(const AttentionArgs& args) {
    float* shared = (float*)sharedMemory();
    const Cell& cell = args.cells[blockIdx.y];
    int firstQuery = blockIdx.x * QUERIES;
    int queryCount = args.rows * args.headsPerKey;
    for (int i = threadIdx.x; i < QUERIES * args.size; i += blockDim.x) {
        int query = firstQuery + i / args.size;
        shared[i / args.size * (args.size + 1) + i % args.size] =
            query < queryCount ? args.queries[queryOffset(args, query) + i % args.size] : 0;
    }
    Softmax state;
    for (int q = 0; q < PER_WARP; q++) {
        state.largest[q] = -INFINITY;
        state.sum[q] = 0;
        for (int i = 0; i < MOST_CHANNELS; i++) {
            state.output[q][i] = 0;
        }
    }
    attendRows<T>(args, cell.pages, false, firstQuery, state, shared);
    attendRows<T>(args, cell.raw, true, firstQuery, state, shared);
    for (int q = 0; q < PER_WARP; q++) {
        int query = firstQuery + threadIdx.x / WARP * PER_WARP + q;
        if (query < queryCount) {
            for (int i = 0; i < MOST_CHANNELS; i++) {
                int c = i * WARP + threadIdx.x % WARP;
                if (c < args.size) {
                    args.output[queryOffset(args, query) + c] = state.output[q][i] / state.sum[q];
                }
            }
        }
    }
}

KERNEL(attentionFloat32, AttentionArgs, 128) {
    attend<float>(args);
}

KERNEL(attentionBfloat16Rows, AttentionArgs, 128) {
    attend<bfloat16>(args);
}

// On tensor cores: a block has 128 queries of one KV head, a warp 16 of them, in registers for the whole call. Tiles of 64 keys
// and values pass through two stages of shared memory. Sums of a tile become, rounded to bfloat16, the left operand of the
// product with the values without leaving their registers (arXiv 2307.08691).
constexpr int BLOCK_QUERIES = 128;
constexpr int TILE_KEYS = 64;

template <int SIZE>
struct KeyTile {
    bfloat16 keys[TILE_KEYS][SIZE + 8]; // the gap keeps eight rows of a matrix in different banks
    bfloat16 values[TILE_KEYS][SIZE + 8];
    float bias[TILE_KEYS];
};

template <int SIZE>
struct TiledAttention {
    const AttentionArgs& args;
    const Cell& cell;
    KeyTile<SIZE>* tiles; // two
    int pageTiles;
    int tileCount;
    int query[2]; // the thread's rows of the warp's 16; -1 if there is no such query
    int visible[2]; // raw rows that they see
    float largest[2];
    float sum[2]; // of this lane's columns until the end
    float output[SIZE / 8][4];

    __device__ inline TiledAttention(const AttentionArgs& args, KeyTile<SIZE>* tiles)
        : args(args), cell(args.cells[blockIdx.y]), tiles(tiles) {
        pageTiles = (int)(cell.pages.count + TILE_KEYS - 1) / TILE_KEYS;
        tileCount = pageTiles + (int)(cell.raw.count + TILE_KEYS - 1) / TILE_KEYS;
        for (int half = 0; half < 2; half++) {
            int candidate = blockIdx.x * BLOCK_QUERIES + threadIdx.x / WARP * 16 + threadIdx.x % WARP / 4 + half * 8;
            bool exists = candidate < args.rows * args.headsPerKey;
            query[half] = exists ? candidate : -1;
            visible[half] = exists ? visibleRaw(args, candidate) : (int)cell.raw.count;
            largest[half] = -INFINITY;
            sum[half] = 0;
        }
#pragma unroll
        for (int n = 0; n < SIZE / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                output[n][i] = 0;
            }
        }
    }

    __device__ inline const Rows& rows(int tile) const {
        return tile < pageTiles ? cell.pages : cell.raw;
    }

    __device__ inline int firstKey(int tile) const {
        return (tile < pageTiles ? tile : tile - pageTiles) * TILE_KEYS;
    }

    __device__ inline void copy(int tile) {
        if (tile < tileCount) {
            const Rows& from = rows(tile);
            int first = firstKey(tile);
            KeyTile<SIZE>& to = tiles[tile % 2];
            for (int i = threadIdx.x; i < TILE_KEYS * SIZE / 8; i += blockDim.x) {
                int row = i / (SIZE / 8);
                int column = i % (SIZE / 8) * 8;
                bool exists = first + row < from.count;
                size_t at = (size_t)(exists ? first + row : 0) * SIZE + column;
                copyAsync(&to.keys[row][column], (const bfloat16*)from.keys + at, exists);
                copyAsync(&to.values[row][column], (const bfloat16*)from.values + at, exists);
            }
            if (threadIdx.x < TILE_KEYS) {
                bool biased = from.bias != nullptr && first + threadIdx.x < from.count;
                to.bias[threadIdx.x] = biased ? from.bias[first + threadIdx.x] * 1.44269504f : 0;
            }
        }
        commitCopies();
    }

    // The warp's queries as left operands, scaled so that powers of two make the softmax.
    __device__ inline void loadQueries(unsigned (&fragments)[SIZE / 16][4]) const {
        float scale = args.scale * 1.44269504f;
#pragma unroll
        for (int k = 0; k < SIZE / 16; k++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int which = query[i % 2];
                int column = k * 16 + i / 2 * 8 + threadIdx.x % 4 * 2;
                const float* from = args.queries + (which < 0 ? 0 : queryOffset(args, which)) + column;
                fragments[k][i] = which < 0 ? 0 : narrowPair(from[0] * scale, from[1] * scale);
            }
        }
    }

    __device__ inline void attend(int tile, const unsigned (&queries)[SIZE / 16][4]) {
        KeyTile<SIZE>& keys = tiles[tile % 2];
        float scores[TILE_KEYS / 8][4] = {};
        int lane = threadIdx.x % WARP;
#pragma unroll
        for (int k = 0; k < SIZE / 16; k++) {
#pragma unroll
            for (int n = 0; n < TILE_KEYS / 16; n++) {
                unsigned b[4];
                loadMatrices(b, &keys.keys[n * 16 + lane / 16 * 8 + lane % 8][k * 16 + lane / 8 % 2 * 8]);
                multiplyAdd(scores[2 * n], queries[k], b[0], b[1]);
                multiplyAdd(scores[2 * n + 1], queries[k], b[2], b[3]);
            }
        }
        mask(tile, scores);
        soften(scores);
#pragma unroll
        for (int k = 0; k < TILE_KEYS / 16; k++) {
            unsigned weights[4] = {
                narrowPair(scores[2 * k][0], scores[2 * k][1]),
                narrowPair(scores[2 * k][2], scores[2 * k][3]),
                narrowPair(scores[2 * k + 1][0], scores[2 * k + 1][1]),
                narrowPair(scores[2 * k + 1][2], scores[2 * k + 1][3])};
#pragma unroll
            for (int n = 0; n < SIZE / 16; n++) {
                unsigned b[4];
                loadMatricesTransposed(b, &keys.values[k * 16 + lane % 16][n * 16 + lane / 16 * 8]);
                multiplyAdd(output[2 * n], weights, b[0], b[1]);
                multiplyAdd(output[2 * n + 1], weights, b[2], b[3]);
            }
        }
    }

    // Adds the bias and hides what lies behind a query's last visible row.
    __device__ inline void mask(int tile, float (&scores)[TILE_KEYS / 8][4]) const {
        const Rows& from = rows(tile);
        int first = firstKey(tile);
        int seen[2];
        for (int half = 0; half < 2; half++) {
            seen[half] = (tile < pageTiles ? (int)from.count : visible[half]) - first;
        }
        bool whole = seen[0] >= TILE_KEYS && seen[1] >= TILE_KEYS;
        if (whole && from.bias == nullptr) {
            return;
        }
#pragma unroll
        for (int n = 0; n < TILE_KEYS / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int key = n * 8 + threadIdx.x % 4 * 2 + i % 2;
                scores[n][i] = key < seen[i / 2] ? scores[n][i] + tiles[tile % 2].bias[key] : -INFINITY;
            }
        }
    }

    // From scores to weights; what was summed before shrinks to the new maximum.
    __device__ inline void soften(float (&scores)[TILE_KEYS / 8][4]) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float most = largest[half];
#pragma unroll
            for (int n = 0; n < TILE_KEYS / 8; n++) {
                most = fmaxf(most, fmaxf(scores[n][2 * half], scores[n][2 * half + 1]));
            }
            // The four lanes of a row.
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 1));
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 2));
            float base = most == -INFINITY ? 0 : most; // nothing seen yet
            float shrink = powerOfTwo(largest[half] - base);
            largest[half] = most;
            sum[half] *= shrink;
#pragma unroll
            for (int n = 0; n < SIZE / 8; n++) {
                output[n][2 * half] *= shrink;
                output[n][2 * half + 1] *= shrink;
            }
#pragma unroll
            for (int n = 0; n < TILE_KEYS / 8; n++) {
#pragma unroll
                for (int i = 0; i < 2; i++) {
                    scores[n][2 * half + i] = powerOfTwo(scores[n][2 * half + i] - base);
                    sum[half] += scores[n][2 * half + i];
                }
            }
        }
    }

    __device__ inline void write() {
        for (int half = 0; half < 2; half++) {
            float total = sum[half];
            total += __shfl_xor_sync(ALL_LANES, total, 1);
            total += __shfl_xor_sync(ALL_LANES, total, 2);
            if (query[half] >= 0) {
                float* to = args.output + queryOffset(args, query[half]) + threadIdx.x % 4 * 2;
#pragma unroll
                for (int n = 0; n < SIZE / 8; n++) {
                    to[n * 8] = output[n][2 * half] / total;
                    to[n * 8 + 1] = output[n][2 * half + 1] / total;
                }
            }
        }
    }
};

template <int SIZE>
__device__ inline void attendOnTensorCores(const AttentionArgs& args) {
    TiledAttention<SIZE> attention(args, (KeyTile<SIZE>*)sharedMemory());
    attention.copy(0);
    unsigned queries[SIZE / 16][4];
    attention.loadQueries(queries);
    for (int tile = 0; tile < attention.tileCount; tile++) {
        attention.copy(tile + 1);
        waitForCopies<1>();
        __syncthreads();
        attention.attend(tile, queries);
        __syncthreads();
    }
    attention.write();
}

KERNEL(attentionTensorCore32, AttentionArgs, 256) {
    attendOnTensorCores<32>(args);
}

KERNEL(attentionTensorCore64, AttentionArgs, 256) {
    attendOnTensorCores<64>(args);
}

KERNEL(attentionTensorCore128, AttentionArgs, 256) {
    attendOnTensorCores<128>(args);
}
