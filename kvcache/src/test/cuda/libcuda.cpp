// A stand-in for the driver's library, libcuda.so.1, with as much of the driver interface as DriverApi.java calls, on the emulated
// device: so that what JCuda makes of these calls is tested too. Work is done when it is queued, save copies to pinned memory,
// which are made as late as they may be.
#include "machine.h"

#include <cstring>
#include <map>
#include <memory>
#include <set>

#define API extern "C" __attribute__((visibility("default"))) int

enum Status { SUCCESS = 0, INVALID_VALUE = 1, INVALID_HANDLE = 400, NOT_FOUND = 500, CAPTURE_UNSUPPORTED = 900 };

struct Operation {
    char kind; // Zero, Copy, Launch
    uint64_t to, from, bytes;
    Launch launch;
};

struct Graph {
    std::vector<Operation> operations;
};

struct Fetch {
    void* to;
    uint64_t from;
    size_t bytes;
};

struct Stream {
    std::unique_ptr<Graph> captured; // while it captures
    std::vector<Fetch> fetches; // that have not arrived
};

struct Event {
    Stream* recordedIn = nullptr;
};

static std::set<void*> streams, events, graphs;
static std::map<void*, std::unique_ptr<unsigned char[]>> pinned;
static std::set<KernelEntry*> largeShared; // kernels that may use more than 48 KiB
static int contexts = 0;
static thread_local bool current = false;

static void requireContext() {
    if (!current || contexts == 0) {
        fail("the driver is called in a thread that has no context");
    }
}

static Stream& streamOf(void* handle) {
    requireContext();
    if (streams.count(handle) == 0) {
        fail("there is no such stream, or it is the default one");
    }
    return *(Stream*)handle;
}

static void requireNoCapture(const char* call) {
    requireContext();
    for (void* stream : streams) {
        if (((Stream*)stream)->captured != nullptr) {
            fail(std::string(call) + " while a graph is captured");
        }
    }
}

static void run(const Operation& operation) {
    switch (operation.kind) {
    case 'Z':
        memset((void*)operation.to, 0, operation.bytes);
        break;
    case 'C':
        memcpy((void*)operation.to, (const void*)operation.from, operation.bytes);
        break;
    case 'L':
        run(operation.launch);
        break;
    }
}

static int queue(void* handle, Operation operation) {
    Stream& stream = streamOf(handle);
    if (stream.captured != nullptr) {
        stream.captured->operations.push_back(std::move(operation));
    } else {
        run(operation);
    }
    return SUCCESS;
}

static void arrive(Stream& stream) {
    for (const Fetch& fetch : stream.fetches) {
        memcpy(fetch.to, (const void*)fetch.from, fetch.bytes);
    }
    stream.fetches.clear();
}

API cuInit(unsigned) {
    return SUCCESS;
}

API cuDriverGetVersion(int* version) {
    *version = 13000;
    return SUCCESS;
}

API cuDeviceGetCount(int* count) {
    *count = 1;
    return SUCCESS;
}

API cuDeviceGet(int* device, int) {
    *device = 0;
    return SUCCESS;
}

API cuDeviceGetName(char* name, int length, int) {
    strncpy(name, "Emulated device", length);
    return SUCCESS;
}

API cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 9 : 0; // compute capability, major and minor
    return SUCCESS;
}

API cuGetErrorString(int, const char** words) {
    *words = "as the emulated driver says";
    return SUCCESS;
}

API cuDevicePrimaryCtxRetain(void** context, int) {
    *context = &contexts;
    contexts++;
    return SUCCESS;
}

API cuDevicePrimaryCtxRelease_v2(int) {
    contexts--;
    if (contexts == 0 && (liveAllocations() > 0 || !pinned.empty() || !streams.empty() || !events.empty())) {
        fail("the context goes while memory, streams or events are left");
    }
    return SUCCESS;
}

API cuCtxSetCurrent(void* context) {
    current = context == &contexts;
    return current ? SUCCESS : INVALID_VALUE;
}

API cuMemGetInfo_v2(size_t* free, size_t* total) {
    *free = *total = (size_t)1 << 30;
    return SUCCESS;
}

API cuModuleLoadData(void** module, const void* image) {
    requireContext();
    unsigned magic;
    memcpy(&magic, image, sizeof magic);
    *module = &contexts;
    return magic == 0xba55ed50 ? SUCCESS : INVALID_VALUE;
}

API cuModuleUnload(void*) {
    return SUCCESS;
}

API cuModuleGetFunction(void** function, void*, const char* name) {
    *function = kernelNamed(name);
    return *function == nullptr ? NOT_FOUND : SUCCESS;
}

API cuFuncSetAttribute(void* function, int attribute, int value) {
    if (attribute != 8 || value > (int)MOST_SHARED_BYTES) {
        return INVALID_VALUE;
    }
    largeShared.insert((KernelEntry*)function);
    return SUCCESS;
}

API cuStreamCreate(void** stream, unsigned flags) {
    requireContext();
    *stream = new Stream();
    streams.insert(*stream);
    return flags == 1 ? SUCCESS : INVALID_VALUE;
}

API cuStreamDestroy_v2(void* stream) {
    arrive(streamOf(stream));
    streams.erase(stream);
    delete (Stream*)stream;
    return SUCCESS;
}

API cuStreamSynchronize(void* stream) {
    requireNoCapture("cuStreamSynchronize");
    arrive(streamOf(stream));
    return SUCCESS;
}

API cuStreamWaitEvent(void* stream, void* event, unsigned) {
    streamOf(stream);
    return events.count(event) == 1 ? SUCCESS : INVALID_HANDLE;
}

API cuEventCreate(void** event, unsigned) {
    requireContext();
    *event = new Event();
    events.insert(*event);
    return SUCCESS;
}

API cuEventRecord(void* event, void* stream) {
    requireNoCapture("cuEventRecord");
    ((Event*)event)->recordedIn = &streamOf(stream);
    return SUCCESS;
}

API cuEventSynchronize(void* event) {
    requireNoCapture("cuEventSynchronize");
    if (((Event*)event)->recordedIn != nullptr) {
        arrive(*((Event*)event)->recordedIn);
    }
    return SUCCESS;
}

API cuEventDestroy_v2(void* event) {
    events.erase(event);
    delete (Event*)event;
    return SUCCESS;
}

API cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    requireNoCapture("cuMemAlloc");
    *address = allocate(bytes);
    return SUCCESS;
}

API cuMemFree_v2(uint64_t address) {
    requireNoCapture("cuMemFree");
    release(address);
    return SUCCESS;
}

API cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    requireNoCapture("cuMemHostAlloc");
    std::unique_ptr<unsigned char[]> memory(new unsigned char[bytes]);
    *address = memory.get();
    pinned[*address] = std::move(memory);
    return SUCCESS;
}

API cuMemFreeHost(void* address) {
    requireNoCapture("cuMemFreeHost");
    return pinned.erase(address) == 1 ? SUCCESS : INVALID_VALUE;
}

API cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void* stream) {
    return value != 0 ? INVALID_VALUE : queue(stream, {'Z', to, 0, bytes, {}});
}

API cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream) {
    return queue(stream, {'C', to, from, bytes, {}});
}

API cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* stream) {
    requireNoCapture("cuMemcpyHtoDAsync");
    return queue(stream, {'C', to, (uint64_t)from, bytes, {}});
}

API cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* stream) {
    requireNoCapture("cuMemcpyDtoHAsync");
    if (pinned.count(to) == 0) {
        return queue(stream, {'C', (uint64_t)to, from, bytes, {}}); // pageable memory: done when the call returns
    }
    memset(to, 0xff, bytes);
    streamOf(stream).fetches.push_back({to, from, bytes});
    return SUCCESS;
}

API cuLaunchKernel(
    void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned sharedBytes, void* stream, void** parameters, void** extra) {
    Operation operation{'L', 0, 0, 0, {}};
    Launch& launch = operation.launch;
    launch.kernel = (KernelEntry*)function;
    launch.grid = {gridX, gridY, gridZ};
    launch.sharedBytes = sharedBytes;
    auto* arguments = (unsigned char*)parameters[0];
    launch.arguments.assign(arguments, arguments + launch.kernel->argumentBytes);
    if (blockY != 1 || blockZ != 1 || extra != nullptr) {
        return INVALID_VALUE;
    }
    if (sharedBytes > 48 << 10 && largeShared.count(launch.kernel) == 0) {
        return INVALID_VALUE;
    }
    check(launch, blockX, launch.arguments.size());
    return queue(stream, std::move(operation));
}

API cuStreamBeginCapture_v2(void* stream, int mode) {
    streamOf(stream).captured.reset(new Graph());
    return mode == 1 ? SUCCESS : INVALID_VALUE; // thread local
}

API cuStreamEndCapture(void* stream, void** graph) {
    *graph = streamOf(stream).captured.release();
    graphs.insert(*graph);
    return SUCCESS;
}

API cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
    *executable = new Graph(*(Graph*)graph);
    graphs.insert(*executable);
    return SUCCESS;
}

static int destroy(void* graph) {
    if (graphs.erase(graph) == 0) {
        return INVALID_HANDLE;
    }
    delete (Graph*)graph;
    return SUCCESS;
}

API cuGraphDestroy(void* graph) {
    return destroy(graph);
}

API cuGraphExecDestroy(void* executable) {
    return destroy(executable);
}

API cuGraphLaunch(void* executable, void* stream) {
    if (graphs.count(executable) == 0) {
        return INVALID_HANDLE;
    }
    if (streamOf(stream).captured != nullptr) {
        return CAPTURE_UNSUPPORTED;
    }
    for (const Operation& operation : ((Graph*)executable)->operations) {
        run(operation);
    }
    return SUCCESS;
}
