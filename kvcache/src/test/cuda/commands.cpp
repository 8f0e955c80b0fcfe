// The emulated device driven through its standard input, see EmulatedDriver.java.
#include "machine.h"

#include <csignal>
#include <cstdio>
#include <unistd.h>

static void onFault(int) {
    fail("read or wrote outside its memory");
}

static void receive(void* target, size_t bytes) {
    if (fread(target, 1, bytes, stdin) != bytes) {
        _exit(feof(stdin) ? 0 : 4);
    }
}

template <typename T>
static T receive() {
    T value;
    receive(&value, sizeof value);
    return value;
}

static void send(const void* source, size_t bytes) {
    fwrite(source, 1, bytes, stdout);
    fflush(stdout);
}

struct Command {
    char kind; // Upload, Zero, Copy, Launch
    uint64_t to, from, bytes;
    std::vector<unsigned char> data;
    Launch launch;
};

static void run(const Command& command) {
    switch (command.kind) {
    case 'U':
        memcpy((void*)command.to, command.data.data(), command.bytes);
        break;
    case 'Z':
        memset((void*)command.to, 0, command.bytes);
        break;
    case 'C':
        if (command.from < command.to + command.bytes && command.to < command.from + command.bytes) {
            fail("a copy between ranges that overlap");
        }
        memcpy((void*)command.to, (void*)command.from, command.bytes);
        break;
    case 'L':
        run(command.launch);
        break;
    }
}

static Launch receiveLaunch() {
    Launch launch;
    std::string name(receive<uint32_t>(), ' ');
    receive(&name[0], name.size());
    launch.grid.x = receive<uint32_t>();
    launch.grid.y = receive<uint32_t>();
    launch.grid.z = receive<uint32_t>();
    unsigned threads = receive<uint32_t>();
    launch.sharedBytes = receive<uint32_t>();
    launch.arguments.resize(receive<uint32_t>());
    receive(launch.arguments.data(), launch.arguments.size());
    launch.kernel = kernelNamed(name);
    if (launch.kernel == nullptr) {
        fail("there is no kernel " + name);
    }
    check(launch, threads, launch.arguments.size());
    return launch;
}

int main() {
    signal(SIGSEGV, onFault);
    signal(SIGBUS, onFault);
    bool capturing = false;
    std::vector<std::vector<Command>> graphs;
    for (;;) {
        Command command{};
        command.kind = receive<char>();
        switch (command.kind) {
        case 'A': {
            if (capturing) {
                fail("memory is allocated while a graph is captured");
            }
            uint64_t address = allocate(receive<uint64_t>());
            send(&address, sizeof address);
            continue;
        }
        case 'F':
            release(receive<uint64_t>());
            continue;
        case 'D': {
            auto address = receive<uint64_t>();
            auto bytes = receive<uint64_t>();
            if (capturing) {
                fail("the host reads while a graph is captured");
            }
            send((void*)address, bytes);
            continue;
        }
        case 'B':
            capturing = true;
            graphs.emplace_back();
            continue;
        case 'E':
            capturing = false;
            continue;
        case 'G':
            for (const Command& recorded : graphs.at(receive<uint32_t>())) {
                run(recorded);
            }
            continue;
        case 'S': {
            auto count = (uint64_t)liveAllocations();
            send(&count, sizeof count);
            continue;
        }
        case 'U':
            command.to = receive<uint64_t>();
            command.bytes = receive<uint64_t>();
            command.data.resize(command.bytes);
            receive(command.data.data(), command.bytes);
            break;
        case 'Z':
            command.to = receive<uint64_t>();
            command.bytes = receive<uint64_t>();
            break;
        case 'C':
            command.to = receive<uint64_t>();
            command.from = receive<uint64_t>();
            command.bytes = receive<uint64_t>();
            break;
        case 'L':
            command.launch = receiveLaunch();
            break;
        default:
            fail("an unknown command");
        }
        if (capturing) {
            if (command.kind == 'U') {
                fail("the host sends values while a graph is captured, which every replay would send anew");
            }
            graphs.back().push_back(std::move(command));
        } else {
            run(command);
        }
    }
}
