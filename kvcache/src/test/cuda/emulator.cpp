// A device in host memory that runs the kernels of src/main/cuda.
#include "machine.h"

#include "../../main/cuda/packcache.cu"

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

Dimensions threadIdx, blockIdx, blockDim, gridDim;

static KernelEntry* kernels = nullptr;

KernelEntry::KernelEntry(const char* name, size_t argumentBytes, int threads, KernelBody body)
    : name(name), argumentBytes(argumentBytes), threads(threads), body(body), next(kernels) {
    kernels = this;
}

static const char* running = "no kernel";

[[noreturn]] void fail(const std::string& what) {
    fprintf(
        stderr, "%s, block (%u, %u, %u), thread %u: %s\n", running, blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x,
        what.c_str());
    _exit(3);
}

// ---- Threads of a block

enum State { READY, AT_BARRIER, AT_EXCHANGE, DONE };

struct Copy {
    void* to;
    const void* from; // null for zeros
};

struct Fiber {
    ucontext_t start;
    jmp_buf at;
    bool started = false;
    State state = DONE;
    const char* waitsFor = "";
    unsigned exchanges = 0;
    std::vector<Copy> open;
    std::deque<std::vector<Copy>> committed;
    std::unique_ptr<char[]> stack;
};

constexpr unsigned MOST_THREADS = 1024;
constexpr size_t STACK = 128 << 10;

static Fiber fibers[MOST_THREADS];
static unsigned char slots[MOST_THREADS / 32][2][32 * 64];
static Fiber* current;
static jmp_buf scheduler;
static KernelBody body;
static const void* arguments;
static unsigned char* shared;

unsigned char* sharedMemory() {
    return shared;
}

unsigned laneOf() {
    return threadIdx.x % 32;
}

static void pause(State state, const char* waitsFor) {
    current->state = state;
    current->waitsFor = waitsFor;
    unsigned thread = threadIdx.x;
    if (_setjmp(current->at) == 0) {
        _longjmp(scheduler, 1);
    }
    threadIdx.x = thread;
}

void __syncthreads() {
    pause(AT_BARRIER, "barrier");
}

const unsigned char* exchange(const char* what, const void* mine, size_t bytes) {
    unsigned char* slot = slots[threadIdx.x / 32][current->exchanges++ % 2];
    if (bytes > 0) {
        memcpy(slot + laneOf() * 64, mine, bytes);
    }
    pause(AT_EXCHANGE, what);
    return slot;
}

static void fiberMain() {
    for (;;) {
        body(arguments);
        if (!current->open.empty()) {
            fail("ends with copies that were never committed");
        }
        pause(DONE, "");
    }
}

static void runFiber(unsigned thread) {
    Fiber& fiber = fibers[thread];
    current = &fiber;
    threadIdx = {thread, 0, 0};
    if (_setjmp(scheduler) == 0) {
        if (fiber.started) {
            _longjmp(fiber.at, 1);
        }
        fiber.started = true;
        fiber.stack.reset(new char[STACK]);
        getcontext(&fiber.start);
        fiber.start.uc_stack.ss_sp = fiber.stack.get();
        fiber.start.uc_stack.ss_size = STACK;
        makecontext(&fiber.start, fiberMain, 0);
        setcontext(&fiber.start);
    }
}

// Runs a warp until all of its threads are done or at a barrier.
static State runWarp(unsigned first, unsigned end) {
    for (;;) {
        for (unsigned t = first; t < end; t++) {
            if (fibers[t].state == READY) {
                runFiber(t);
            }
        }
        for (unsigned t = first + 1; t < end; t++) {
            threadIdx.x = t;
            if (fibers[t].state != fibers[first].state || fibers[t].waitsFor != fibers[first].waitsFor) {
                fail(std::string("waits for '") + fibers[t].waitsFor + "' while the first of its warp waits for '"
                     + fibers[first].waitsFor + "'");
            }
        }
        if (fibers[first].state != AT_EXCHANGE) {
            return fibers[first].state;
        }
        if (end - first < 32) {
            fail("exchanges in a warp that is not full");
        }
        for (unsigned t = first; t < end; t++) {
            fibers[t].state = READY;
        }
    }
}

static void runBlock() {
    unsigned threads = blockDim.x;
    for (unsigned t = 0; t < threads; t++) {
        fibers[t].state = READY;
        fibers[t].committed.clear();
    }
    for (;;) {
        unsigned done = 0;
        for (unsigned first = 0; first < threads; first += 32) {
            unsigned end = std::min(threads, first + 32);
            if (fibers[first].state == DONE || runWarp(first, end) == DONE) {
                done++;
            }
        }
        if (done == (threads + 31) / 32) {
            return;
        }
        if (done > 0) {
            fail("a barrier that some threads never reach");
        }
        for (unsigned t = 0; t < threads; t++) {
            fibers[t].state = READY;
        }
    }
}

// ---- Tensor cores

static float widened(unsigned pair, unsigned which) {
    return __uint_as_float((which == 0 ? pair : pair >> 16) << 16);
}

static const unsigned short* rowOf(const unsigned char* rows, unsigned lane) {
    auto row = fromLane<const unsigned short*>(rows, lane);
    if ((uintptr_t)row % 16 != 0) {
        fail("a matrix row that does not begin at a multiple of 16 bytes");
    }
    return row;
}

void loadMatrices(unsigned (&fragment)[4], const unsigned short* row) {
    const unsigned char* rows = exchange("loadMatrices", &row, sizeof row);
    unsigned lane = laneOf();
    for (unsigned i = 0; i < 4; i++) {
        const unsigned short* from = rowOf(rows, i * 8 + lane / 4) + lane % 4 * 2;
        fragment[i] = from[0] | (unsigned)from[1] << 16;
    }
}

void loadMatricesTransposed(unsigned (&fragment)[4], const unsigned short* row) {
    const unsigned char* rows = exchange("loadMatricesTransposed", &row, sizeof row);
    unsigned lane = laneOf();
    for (unsigned i = 0; i < 4; i++) {
        unsigned first = i * 8 + lane % 4 * 2;
        fragment[i] = rowOf(rows, first)[lane / 4] | (unsigned)rowOf(rows, first + 1)[lane / 4] << 16;
    }
}

struct Operands {
    unsigned a[4];
    unsigned b[2];
};

static float left[16][16]; // row, inner
static float right[16][8]; // inner, column
static float products[16][8]; // of the running warp's last instruction

// The product of all lanes' fragments.
static void multiplyFragments(const unsigned char* all) {
    for (unsigned lane = 0; lane < 32; lane++) {
        auto operands = fromLane<Operands>(all, lane);
        for (unsigned i = 0; i < 8; i++) {
            unsigned inner = lane % 4 * 2 + i / 4 * 8 + i % 2;
            left[lane / 4 + i / 2 % 2 * 8][inner] = widened(operands.a[i / 2], i % 2);
        }
        for (unsigned i = 0; i < 4; i++) {
            right[lane % 4 * 2 + i / 2 * 8 + i % 2][lane / 4] = widened(operands.b[i / 2], i % 2);
        }
    }
    for (unsigned row = 0; row < 16; row++) {
        float sums[8] = {};
        for (unsigned k = 0; k < 16; k++) {
            for (unsigned column = 0; column < 8; column++) {
                sums[column] += left[row][k] * right[k][column];
            }
        }
        memcpy(products[row], sums, sizeof sums);
    }
}

void multiplyAdd(float (&sum)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    Operands mine = {{a[0], a[1], a[2], a[3]}, {b0, b1}};
    const unsigned char* all = exchange("multiplyAdd", &mine, sizeof mine);
    unsigned lane = laneOf();
    if (lane == 0) { // lanes go on in their order, and all have taken their part before the first goes on again
        multiplyFragments(all);
    }
    for (unsigned i = 0; i < 4; i++) {
        sum[i] += products[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
    }
}

void copyAsync(void* to, const void* from, bool exists) {
    if ((uintptr_t)to % 16 != 0 || (uintptr_t)from % 16 != 0) {
        fail("an asynchronous copy that is not aligned to 16 bytes");
    }
    memset(to, 0xff, 16);
    current->open.push_back({to, exists ? from : nullptr});
}

void commitCopies() {
    current->committed.push_back(std::move(current->open));
    current->open.clear();
}

void arriveCopies(int pending) {
    while (current->committed.size() > (size_t)pending) {
        for (const Copy& copy : current->committed.front()) {
            if (copy.from == nullptr) {
                memset(copy.to, 0, 16);
            } else {
                memcpy(copy.to, copy.from, 16);
            }
        }
        current->committed.pop_front();
    }
}

// ---- Memory: an allocation ends where a page ends that must not be touched

static std::map<uint64_t, std::pair<void*, size_t>> allocations;

size_t liveAllocations() {
    return allocations.size();
}

uint64_t allocate(size_t bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    size_t used = (bytes + 15) / 16 * 16;
    size_t whole = (used + page - 1) / page * page;
    auto* start = (unsigned char*)mmap(
        nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED || mprotect(start + whole, page, PROT_NONE) != 0) {
        fail("no memory left");
    }
    unsigned char* memory = start + whole - used;
    memset(memory, 0xff, used);
    allocations[(uint64_t)memory] = {start, whole + page};
    return (uint64_t)memory;
}

void release(uint64_t address) {
    auto found = allocations.find(address);
    if (found == allocations.end()) {
        fail("memory is freed that was never allocated");
    }
    munmap(found->second.first, found->second.second);
    allocations.erase(found);
}

// ---- Launches

void check(const Launch& launch, unsigned threads, size_t argumentBytes) {
    std::string name = launch.kernel->name;
    if (launch.kernel->argumentBytes != argumentBytes) {
        fail(name + " takes " + std::to_string(launch.kernel->argumentBytes) + " bytes of arguments, got "
             + std::to_string(argumentBytes));
    }
    if (launch.kernel->threads != threads) {
        fail(name + " runs blocks of " + std::to_string(launch.kernel->threads) + " threads, got "
             + std::to_string(threads));
    }
    if (launch.grid.x == 0 || launch.grid.x > 0x7fffffff || launch.grid.y == 0 || launch.grid.y > 65535
        || launch.grid.z != 1) {
        fail(name + " cannot run on this grid");
    }
    if (launch.sharedBytes > MOST_SHARED_BYTES) {
        fail(name + " wants more shared memory than a block may have");
    }
}

KernelEntry* kernelNamed(const std::string& name) {
    KernelEntry* kernel = kernels;
    while (kernel != nullptr && name != kernel->name) {
        kernel = kernel->next;
    }
    return kernel;
}

void run(const Launch& launch) {
    running = launch.kernel->name;
    body = launch.kernel->body;
    arguments = launch.arguments.data();
    gridDim = launch.grid;
    blockDim = {launch.kernel->threads, 1, 1};
    uint64_t memory = launch.sharedBytes == 0 ? 0 : allocate(launch.sharedBytes);
    shared = (unsigned char*)memory;
    for (unsigned z = 0; z < launch.grid.z; z++) {
        for (unsigned y = 0; y < launch.grid.y; y++) {
            for (unsigned x = 0; x < launch.grid.x; x++) {
                blockIdx = {x, y, z};
                if (memory != 0) {
                    memset(shared, 0xff, launch.sharedBytes);
                }
                runBlock();
            }
        }
    }
    if (memory != 0) {
        release(memory);
    }
    running = "no kernel";
}
