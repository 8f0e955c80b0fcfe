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

// On tensor cores: a block has 128 queries of one KV head, a warp 32 of them in two tiles of 16, so that what it reads of keys and
// values serves twice: reading shared memory is what limits this kernel. Tiles of keys and values pass through three stages of
// shared memory, copied two ahead. Sums of a tile become, rounded to bfloat16, the left operand of the product with the values
// without leaving their registers (arXiv 2307.08691).
constexpr int BLOCK_QUERIES = 128;
constexpr int TILED_THREADS = 128;
constexpr int ROW_TILES = 2; // of a warp
constexpr int TILE_STAGES = 3;

// Fewer keys at a time of wide heads: stages and queries fit into the shared memory of every device, sums into registers.
constexpr int tileKeys(int size) {
    return size > 64 ? 32 : 64;
}

template <int SIZE>
struct KeyTile {
    bfloat16 keys[tileKeys(SIZE)][SIZE + 8]; // the gap keeps eight rows of a matrix in different banks
    bfloat16 values[tileKeys(SIZE)][SIZE + 8];
    float bias[tileKeys(SIZE)];
};

template <int SIZE>
struct TiledShared {
    KeyTile<SIZE> tiles[TILE_STAGES];
    bfloat16 queries[BLOCK_QUERIES][SIZE + 8]; // scaled so that powers of two make the softmax
};

template <int SIZE>
struct TiledAttention {
    static constexpr int TILE = tileKeys(SIZE);

    const AttentionArgs& args;
    const Cell& cell;
    TiledShared<SIZE>& shared;
    int pageTiles;
    int tileCount;
    int visible[ROW_TILES][2]; // raw rows that each of the thread's rows sees
    float largest[ROW_TILES][2];
    float sum[ROW_TILES][2]; // of this lane's columns until the end
    float output[ROW_TILES][SIZE / 8][4];

    __device__ inline TiledAttention(const AttentionArgs& args, TiledShared<SIZE>& shared)
        : args(args), cell(args.cells[blockIdx.y]), shared(shared) {
        pageTiles = (int)((cell.pages.count + TILE - 1) / TILE);
        tileCount = pageTiles + (int)((cell.raw.count + TILE - 1) / TILE);
#pragma unroll
        for (int m = 0; m < ROW_TILES; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                int candidate = query(m, half);
                visible[m][half] = exists(candidate) ? visibleRaw(args, candidate) : (int)cell.raw.count;
                largest[m][half] = -INFINITY;
                sum[m][half] = 0;
            }
#pragma unroll
            for (int n = 0; n < SIZE / 8; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    output[m][n][i] = 0;
                }
            }
        }
    }

    // The thread's rows of the warp's 32.
    __device__ inline int query(int m, int half) const {
        return blockIdx.x * BLOCK_QUERIES + firstOfWarp() + m * 16 + threadIdx.x % WARP / 4 + half * 8;
    }

    __device__ inline int firstOfWarp() const {
        return threadIdx.x / WARP * ROW_TILES * 16;
    }

    __device__ inline bool exists(int query) const {
        return query < args.rows * args.headsPerKey;
    }

    __device__ inline const Rows& rows(int tile) const {
        return tile < pageTiles ? cell.pages : cell.raw;
    }

    __device__ inline int firstKey(int tile) const {
        return (tile < pageTiles ? tile : tile - pageTiles) * TILE;
    }

    __device__ inline void copy(int tile) {
        if (tile < tileCount) {
            const Rows& from = rows(tile);
            int first = firstKey(tile);
            KeyTile<SIZE>& to = shared.tiles[tile % TILE_STAGES];
            for (int i = threadIdx.x; i < TILE * SIZE / 8; i += TILED_THREADS) {
                int row = i / (SIZE / 8);
                int column = i % (SIZE / 8) * 8;
                bool exists = first + row < from.count;
                size_t at = (size_t)(exists ? first + row : 0) * SIZE + column;
                copyAsync(&to.keys[row][column], (const bfloat16*)from.keys + at, exists);
                copyAsync(&to.values[row][column], (const bfloat16*)from.values + at, exists);
            }
            if (threadIdx.x < TILE) {
                bool biased = from.bias != nullptr && first + threadIdx.x < from.count;
                to.bias[threadIdx.x] = biased ? from.bias[first + threadIdx.x] * 1.44269504f : 0;
            }
        }
        commitCopies(); // an empty group too, so that counting groups counts tiles
    }

    __device__ inline void storeQueries() {
        float scale = args.scale * 1.44269504f;
        for (int i = threadIdx.x; i < BLOCK_QUERIES * SIZE; i += TILED_THREADS) {
            int candidate = blockIdx.x * BLOCK_QUERIES + i / SIZE;
            float value = exists(candidate) ? args.queries[queryOffset(args, candidate) + i % SIZE] * scale : 0;
            shared.queries[i / SIZE][i % SIZE] = narrow(value);
        }
    }

    __device__ inline void attend(int tile) {
        const KeyTile<SIZE>& keys = shared.tiles[tile % TILE_STAGES];
        float scores[ROW_TILES][TILE / 8][4] = {};
        int lane = threadIdx.x % WARP;
#pragma unroll
        for (int k = 0; k < SIZE / 16; k++) {
            unsigned queries[ROW_TILES][4];
#pragma unroll
            for (int m = 0; m < ROW_TILES; m++) {
                loadMatrices(queries[m], &shared.queries[firstOfWarp() + m * 16 + lane % 16][k * 16 + lane / 16 * 8]);
            }
#pragma unroll
            for (int n = 0; n < TILE / 16; n++) {
                unsigned b[4];
                loadMatrices(b, &keys.keys[n * 16 + lane / 16 * 8 + lane % 8][k * 16 + lane / 8 % 2 * 8]);
#pragma unroll
                for (int m = 0; m < ROW_TILES; m++) {
                    multiplyAdd(scores[m][2 * n], queries[m], b[0], b[1]);
                    multiplyAdd(scores[m][2 * n + 1], queries[m], b[2], b[3]);
                }
            }
        }
#pragma unroll
        for (int m = 0; m < ROW_TILES; m++) {
            mask(tile, m, scores[m]);
            soften(m, scores[m]);
        }
#pragma unroll
        for (int k = 0; k < TILE / 16; k++) {
            unsigned weights[ROW_TILES][4];
#pragma unroll
            for (int m = 0; m < ROW_TILES; m++) {
                weights[m][0] = narrowPair(scores[m][2 * k][0], scores[m][2 * k][1]);
                weights[m][1] = narrowPair(scores[m][2 * k][2], scores[m][2 * k][3]);
                weights[m][2] = narrowPair(scores[m][2 * k + 1][0], scores[m][2 * k + 1][1]);
                weights[m][3] = narrowPair(scores[m][2 * k + 1][2], scores[m][2 * k + 1][3]);
            }
#pragma unroll
            for (int n = 0; n < SIZE / 16; n++) {
                unsigned b[4];
                loadMatricesTransposed(b, &keys.values[k * 16 + lane % 16][n * 16 + lane / 16 * 8]);
#pragma unroll
                for (int m = 0; m < ROW_TILES; m++) {
                    multiplyAdd(output[m][2 * n], weights[m], b[0], b[1]);
                    multiplyAdd(output[m][2 * n + 1], weights[m], b[2], b[3]);
                }
            }
        }
    }

    // Adds the bias and hides what lies behind a query's last visible row.
    __device__ inline void mask(int tile, int m, float (&scores)[TILE / 8][4]) const {
        const Rows& from = rows(tile);
        int first = firstKey(tile);
        int seen[2];
#pragma unroll
        for (int half = 0; half < 2; half++) {
            seen[half] = (tile < pageTiles ? (int)from.count : visible[m][half]) - first;
        }
        bool whole = seen[0] >= TILE && seen[1] >= TILE;
        if (whole && from.bias == nullptr) {
            return;
        }
#pragma unroll
        for (int n = 0; n < TILE / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int key = n * 8 + threadIdx.x % 4 * 2 + i % 2;
                float bias = shared.tiles[tile % TILE_STAGES].bias[key];
                scores[n][i] = key < seen[i / 2] ? scores[n][i] + bias : -INFINITY;
            }
        }
    }

    // From scores to weights; what was summed before shrinks to the new maximum, where there is one.
    __device__ inline void soften(int m, float (&scores)[TILE / 8][4]) {
        float shrink[2];
        float base[2];
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float most = largest[m][half];
#pragma unroll
            for (int n = 0; n < TILE / 8; n++) {
                most = fmaxf(most, fmaxf(scores[n][2 * half], scores[n][2 * half + 1]));
            }
            // The four lanes of a row.
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 1));
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 2));
            base[half] = most == -INFINITY ? 0 : most; // nothing seen yet
            shrink[half] = powerOfTwo(largest[m][half] - base[half]);
            largest[m][half] = most;
            sum[m][half] *= shrink[half];
        }
        if (__any_sync(ALL_LANES, shrink[0] != 1 || shrink[1] != 1)) {
#pragma unroll
            for (int n = 0; n < SIZE / 8; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    output[m][n][i] *= shrink[i / 2];
                }
            }
        }
#pragma unroll
        for (int n = 0; n < TILE / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                scores[n][i] = powerOfTwo(scores[n][i] - base[i / 2]);
                sum[m][i / 2] += scores[n][i];
            }
        }
    }

    __device__ inline void write() {
#pragma unroll
        for (int m = 0; m < ROW_TILES; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float total = sum[m][half];
                total += __shfl_xor_sync(ALL_LANES, total, 1);
                total += __shfl_xor_sync(ALL_LANES, total, 2);
                int candidate = query(m, half);
                if (exists(candidate)) {
                    float* to = args.output + queryOffset(args, candidate) + threadIdx.x % 4 * 2;
#pragma unroll
                    for (int n = 0; n < SIZE / 8; n++) {
                        to[n * 8] = output[m][n][2 * half] / total;
                        to[n * 8 + 1] = output[m][n][2 * half + 1] / total;
                    }
                }
            }
        }
    }
};

template <int SIZE>
__device__ inline void attendOnTensorCores(const AttentionArgs& args) {
    TiledAttention<SIZE> attention(args, *(TiledShared<SIZE>*)sharedMemory());
    for (int tile = 0; tile < TILE_STAGES - 1; tile++) {
        attention.copy(tile);
    }
    attention.storeQueries();
    for (int tile = 0; tile < attention.tileCount; tile++) {
        waitForCopies<TILE_STAGES - 2>();
        __syncthreads(); // all warps have left the stage that is copied to next
        attention.copy(tile + TILE_STAGES - 1);
        attention.attend(tile);
    }
    attention.write();
}

KERNEL(attentionTensorCore32, AttentionArgs, TILED_THREADS) {
    attendOnTensorCores<32>(args);
}

KERNEL(attentionTensorCore64, AttentionArgs, TILED_THREADS) {
    attendOnTensorCores<64>(args);
}

KERNEL(attentionTensorCore128, AttentionArgs, TILED_THREADS) {
    attendOnTensorCores<128>(args);
}
