// What kernels need of the CUDA language, for a C++ compiler. A block's threads are fibers that run one after another until a
// barrier; memory is checked: reading or writing behind the end of an allocation stops the program, shared memory begins
// as numbers that are none, and asynchronous copies arrive no earlier than they are waited for.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#define __device__

struct Dimensions {
    unsigned x, y, z;
};

extern Dimensions threadIdx, blockIdx, blockDim, gridDim;

struct uint4 {
    unsigned x, y, z, w;
};

using std::isfinite;
using std::isnan;
using std::max;
using std::min;

typedef void (*KernelBody)(const void* args);

struct KernelEntry {
    KernelEntry(const char* name, size_t argumentBytes, int threads, KernelBody body);

    const char* name;
    size_t argumentBytes;
    unsigned threads;
    KernelBody body;
    KernelEntry* next;
};

#define KERNEL(name, Args, threads) \
    static void name(const Args& args); \
    static KernelEntry name##Entry( \
        #name, sizeof(Args), threads, [](const void* args) { name(*(const Args*)args); }); \
    static void name(const Args& args)

unsigned char* sharedMemory();

void __syncthreads();

// Every lane of the warp leaves some bytes and finds those of all: lane l's at l * 64.
const unsigned char* exchange(const char* what, const void* mine, size_t bytes);

unsigned laneOf();

template <typename T>
T fromLane(const unsigned char* slots, unsigned lane) {
    T value;
    memcpy(&value, slots + lane * 64, sizeof(T));
    return value;
}

template <typename T>
T __shfl_xor_sync(unsigned, T value, int distance) {
    return fromLane<T>(exchange("shuffle", &value, sizeof(T)), laneOf() ^ distance);
}

template <typename T>
T __shfl_sync(unsigned, T value, int lane) {
    return fromLane<T>(exchange("shuffle", &value, sizeof(T)), lane);
}

// The first lanes get their own value.
template <typename T>
T __shfl_up_sync(unsigned, T value, int distance) {
    int lane = laneOf();
    return fromLane<T>(exchange("shuffle", &value, sizeof(T)), lane < distance ? lane : lane - distance);
}

inline unsigned __ballot_sync(unsigned, bool holds) {
    const unsigned char* all = exchange("ballot", &holds, sizeof holds);
    unsigned lanes = 0;
    for (unsigned lane = 0; lane < 32; lane++) {
        lanes |= (unsigned)fromLane<bool>(all, lane) << lane;
    }
    return lanes;
}

inline bool __any_sync(unsigned lanes, bool holds) {
    return __ballot_sync(lanes, holds) != 0;
}

inline int __ffs(unsigned bits) {
    return __builtin_ffs((int)bits);
}

inline int __clz(unsigned bits) {
    return bits == 0 ? 32 : __builtin_clz(bits);
}

inline int atomicMin(int* target, int value) {
    int before = *target;
    *target = min(before, value);
    return before;
}

inline void __syncwarp() {
    exchange("warp barrier", nullptr, 0);
}

inline float __fadd_rn(float a, float b) {
    return a + b;
}

inline float __fmul_rn(float a, float b) {
    return a * b;
}

inline unsigned __float_as_uint(float value) {
    unsigned bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

inline float __uint_as_float(unsigned bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The instructions of tensorcore.cuh, by the fragment layouts of the PTX ISA.
void loadMatrices(unsigned (&fragment)[4], const unsigned short* row);
void loadMatricesTransposed(unsigned (&fragment)[4], const unsigned short* row);
void multiplyAdd(float (&sum)[4], const unsigned (&a)[4], unsigned b0, unsigned b1);
void copyAsync(void* shared, const void* global, bool exists);
void commitCopies();
void arriveCopies(int pending);

template <int Pending>
void waitForCopies() {
    arriveCopies(Pending);
}
