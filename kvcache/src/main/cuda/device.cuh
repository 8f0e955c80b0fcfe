// What every kernel shares: how one is declared, its dynamic shared memory, sixteen-bit numbers, sums over a warp and a
// block. The same sources are compiled by nvcc for the device and by a C++ compiler against emulator.h for the tests.
#pragma once

#ifdef EMULATED
#include "emulator.h"
#else
#include <cstdint>

// Every kernel takes one struct by value, pointers first, so that the host lays its arguments out in one buffer.
#define KERNEL(name, Args, threads) \
    extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ Args args)

__device__ inline unsigned char* sharedMemory() {
    extern __shared__ __align__(16) unsigned char bytes[];
    return bytes;
}
#endif

typedef unsigned short bfloat16; // the upper half of a float

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ inline float bitsToFloat(unsigned bits) {
    return __uint_as_float(bits);
}

__device__ inline float widen(bfloat16 value) {
    return bitsToFloat((unsigned)value << 16);
}

__device__ inline float widen(float value) {
    return value;
}

// To the nearest, ties to even; what is not a number stays none.
__device__ inline bfloat16 narrow(float value) {
    unsigned bits = __float_as_uint(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (bfloat16)(bits >> 16 | 0x40);
    }
    return (bfloat16)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

__device__ inline void store(float* target, float value) {
    *target = value;
}

__device__ inline void store(bfloat16* target, float value) {
    *target = narrow(value);
}

// Two neighbours in one register, the first in the lower half.
__device__ inline unsigned narrowPair(float first, float second) {
#ifdef EMULATED
    return narrow(first) | (unsigned)narrow(second) << 16;
#else
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
#endif
}

// 2^x as the device itself approximates it, to two units in the last place; what is below every normal number is 0.
__device__ inline float powerOfTwo(float x) {
#ifdef EMULATED
    return exp2f(x);
#else
    float power;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
    return power;
#endif
}

__device__ inline float warpSum(float value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(ALL_LANES, value, distance);
    }
    return value;
}

__device__ inline float warpMax(float value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, distance));
    }
    return value;
}

// The sum over a block, the same in every thread; `scratch` holds one number per warp.
__device__ inline float blockSum(float value, float* scratch) {
    value = warpSum(value);
    int warps = (blockDim.x + WARP - 1) / WARP;
    __syncthreads();
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    float sum = 0;
    for (int w = 0; w < warps; w++) {
        sum += scratch[w];
    }
    return sum;
}
