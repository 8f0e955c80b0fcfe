// The four instructions that tensor-core kernels are made of (PTX ISA, "Matrix multiply-accumulate instructions").
// In the fragments of a 16 x 8 result lane l holds columns 2 (l % 4) and the next, of rows l / 4 and l / 4 + 8.
#pragma once

#include "device.cuh"

#ifndef EMULATED

__device__ inline unsigned sharedAddress(const void* pointer) {
    return (unsigned)__cvta_generic_to_shared(pointer);
}

// Four 8 x 8 matrices of sixteen-bit numbers; lane l names row l % 8 of matrix l / 8.
__device__ inline void loadMatrices(unsigned (&fragment)[4], const bfloat16* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3])
                 : "r"(sharedAddress(row))
                 : "memory");
}

__device__ inline void loadMatricesTransposed(unsigned (&fragment)[4], const bfloat16* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3])
                 : "r"(sharedAddress(row))
                 : "memory");
}

// sum (16 x 8, float32) += a (16 x 16) b (16 x 8), both bfloat16.
__device__ inline void multiplyAdd(float (&sum)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                 "{%0, %1, %2, %3};"
                 : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Sixteen bytes from global to shared memory while the thread goes on; zeros where `exists` is false.
__device__ inline void copyAsync(void* shared, const void* global, bool exists) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(shared)), "l"(global),
                 "r"(exists ? 16 : 0)
                 : "memory");
}

__device__ inline void commitCopies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most `Pending` of the thread's last committed groups are under way.
template <int Pending>
__device__ inline void waitForCopies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

#endif
