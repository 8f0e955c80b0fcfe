// The emulated device as those see it who drive it.
#pragma once

#include "emulator.h"

#include <string>
#include <vector>

// As much as compute capability 8.6 has, the least of those we compile for.
constexpr unsigned MOST_SHARED_BYTES = 99 << 10;

struct Launch {
    KernelEntry* kernel;
    Dimensions grid;
    unsigned sharedBytes;
    std::vector<unsigned char> arguments;
};

// Ends the process with what a kernel or a call did that it may not.
[[noreturn]] void fail(const std::string& what);

// Null if there is none.
KernelEntry* kernelNamed(const std::string& name);

// Fails if a kernel cannot be launched like this.
void check(const Launch& launch, unsigned threads, size_t argumentBytes);

void run(const Launch& launch);

uint64_t allocate(size_t bytes);
void release(uint64_t address);
size_t liveAllocations();
