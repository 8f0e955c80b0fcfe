package io.packcache.kvcache.compute.cuda;

import static io.packcache.kvcache.compute.cuda.DriverInquiry.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * The first device, through JCuda's binding of the driver interface: its primary context, one stream, our module.
 *
 * <p>The context is current in one thread at a time: the one that called last.
 */
final class DriverApi implements CudaDriver {

    /** Shared memory that a kernel may use without asking. */
    private static final int SHARED_BYTES = 48 << 10;

    private static final int STREAM_NON_BLOCKING = 1;
    private static final int EVENT_DISABLE_TIMING = 2;

    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final Stream stream = new Stream();
    private final CUstream copies = new CUstream(); // to the host, beside the work of the other stream
    private final CUevent computed = new CUevent(); // what a copy waits for
    private final CUevent copied = new CUevent();
    private final CUmodule module = new CUmodule();
    private final Map<String, CUfunction> functions = new HashMap<>();
    private final List<CUgraphExec> graphs = new ArrayList<>();
    private final IdentityHashMap<ByteBuffer, Pointer> pinned = new IdentityHashMap<>();
    private Thread bound;

    /** An address of the device as JCuda wants it. */
    private static final class Address extends CUdeviceptr {

        Address(long address) {
            super(new CUdeviceptr(), address);
        }
    }

    /** Receives an address. */
    private static final class Received extends CUdeviceptr {

        long address() {
            return getNativePointer();
        }
    }

    /** A stream that tells its handle. */
    private static final class Stream extends CUstream {

        long handle() {
            return getNativePointer();
        }
    }

    DriverApi() {
        String error = DriverInquiry.start();
        if (error != null) {
            throw new IllegalStateException("cuInit failed: " + error);
        }
        check(JCudaDriver.cuDeviceGet(device, 0), "cuDeviceGet");
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        try {
            bind();
            check(JCudaDriver.cuModuleLoadData(module, KernelImage.load()), "cuModuleLoadData");
            check(JCudaDriver.cuStreamCreate(stream, STREAM_NON_BLOCKING), "cuStreamCreate");
            check(JCudaDriver.cuStreamCreate(copies, STREAM_NON_BLOCKING), "cuStreamCreate");
            check(JCudaDriver.cuEventCreate(computed, EVENT_DISABLE_TIMING), "cuEventCreate");
            check(JCudaDriver.cuEventCreate(copied, EVENT_DISABLE_TIMING), "cuEventCreate");
        } catch (RuntimeException | Error e) {
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
            throw e;
        }
    }

    @Override
    public String description() {
        bind();
        long[] free = new long[1];
        long[] total = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
        int capability = DriverInquiry.computeCapability();
        return DriverInquiry.deviceName() + ", compute capability " + capability / 10 + "." + capability % 10 + ", "
                + (total[0] >> 30) + " GiB, driver for CUDA " + DriverInquiry.driverVersion() / 1000 + "."
                + DriverInquiry.driverVersion() % 1000 / 10;
    }

    @Override
    public long allocate(long bytes) {
        bind();
        Received memory = new Received();
        int status = JCudaDriver.cuMemAlloc(memory, bytes);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new OutOfDeviceMemoryException(bytes, CUresult.stringFor(status));
        }
        check(status, "cuMemAlloc");
        return memory.address();
    }

    @Override
    public void free(long address) {
        bind();
        check(JCudaDriver.cuMemFree(new Address(address)), "cuMemFree");
    }

    @Override
    public void zero(long address, long bytes) {
        bind();
        check(JCudaDriver.cuMemsetD8Async(new Address(address), (byte) 0, bytes, stream), "cuMemsetD8Async");
    }

    @Override
    public void copy(long to, long from, long bytes) {
        bind();
        check(JCudaDriver.cuMemcpyDtoDAsync(new Address(to), new Address(from), bytes, stream), "cuMemcpyDtoDAsync");
    }

    @Override
    public void upload(long to, ByteBuffer source) {
        bind();
        // From memory that is not pinned the driver has taken its copy when the call returns.
        check(
                JCudaDriver.cuMemcpyHtoDAsync(new Address(to), Pointer.toBuffer(source), source.remaining(), stream),
                "cuMemcpyHtoDAsync");
    }

    @Override
    public void download(ByteBuffer target, long from) {
        bind();
        check(
                JCudaDriver.cuMemcpyDtoHAsync(Pointer.toBuffer(target), new Address(from), target.remaining(), stream),
                "cuMemcpyDtoHAsync");
        synchronize();
    }

    @Override
    public ByteBuffer pin(int bytes) {
        bind();
        Pointer memory = new Pointer();
        check(JCudaDriver.cuMemHostAlloc(memory, bytes, 0), "cuMemHostAlloc");
        ByteBuffer buffer = memory.getByteBuffer(0, bytes);
        pinned.put(buffer, memory);
        return buffer;
    }

    @Override
    public void unpin(ByteBuffer buffer) {
        bind();
        Pointer memory = pinned.remove(buffer);
        if (memory != null) {
            check(JCudaDriver.cuMemFreeHost(memory), "cuMemFreeHost");
        }
    }

    @Override
    public void fetch(ByteBuffer buffer, long from) {
        bind();
        check(JCudaDriver.cuEventRecord(computed, stream), "cuEventRecord");
        check(JCudaDriver.cuStreamWaitEvent(copies, computed, 0), "cuStreamWaitEvent");
        check(
                JCudaDriver.cuMemcpyDtoHAsync(pinned.get(buffer), new Address(from), buffer.capacity(), copies),
                "cuMemcpyDtoHAsync");
        check(JCudaDriver.cuEventRecord(copied, copies), "cuEventRecord");
    }

    @Override
    public void awaitFetch() {
        bind();
        // An event that was never recorded counts as done.
        check(JCudaDriver.cuEventSynchronize(copied), "cuEventSynchronize");
    }

    @Override
    public void launch(String kernel, int gridX, int gridY, int threads, int sharedBytes, ByteBuffer arguments) {
        bind();
        CUfunction function = function(kernel);
        if (sharedBytes > SHARED_BYTES) {
            check(
                    JCudaDriver.cuFuncSetAttribute(
                            function,
                            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                            sharedBytes),
                    "cuFuncSetAttribute for " + kernel);
        }
        Pointer parameters = Pointer.to(Pointer.toBuffer(arguments));
        check(
                JCudaDriver.cuLaunchKernel(
                        function, gridX, gridY, 1, threads, 1, 1, sharedBytes, stream, parameters, null),
                "cuLaunchKernel for " + kernel);
    }

    private CUfunction function(String kernel) {
        CUfunction known = functions.get(kernel);
        if (known == null) {
            known = new CUfunction();
            check(JCudaDriver.cuModuleGetFunction(known, module, kernel), "cuModuleGetFunction for " + kernel);
            functions.put(kernel, known);
        }
        return known;
    }

    @Override
    public long stream() {
        return stream.handle();
    }

    @Override
    public void synchronize() {
        bind();
        check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    @Override
    public void beginCapture() {
        bind();
        check(
                JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture");
    }

    @Override
    public int endCapture() {
        bind();
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(stream, graph), "cuStreamEndCapture");
        CUgraphExec executable = new CUgraphExec();
        int made = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
        check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
        check(made, "cuGraphInstantiate");
        graphs.add(executable);
        return graphs.size() - 1;
    }

    @Override
    public void replay(int graph) {
        bind();
        check(JCudaDriver.cuGraphLaunch(graphs.get(graph), stream), "cuGraphLaunch");
    }

    @Override
    public void forget(int graph) {
        CUgraphExec executable = graphs.set(graph, null);
        if (executable != null) {
            bind();
            check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
        }
    }

    @Override
    public void close() {
        try {
            for (int graph = 0; graph < graphs.size(); graph++) {
                forget(graph);
            }
            bind();
            check(JCudaDriver.cuStreamSynchronize(copies), "cuStreamSynchronize");
            for (ByteBuffer buffer : List.copyOf(pinned.keySet())) {
                unpin(buffer);
            }
            check(JCudaDriver.cuEventDestroy(computed), "cuEventDestroy");
            check(JCudaDriver.cuEventDestroy(copied), "cuEventDestroy");
            check(JCudaDriver.cuStreamDestroy(copies), "cuStreamDestroy");
            check(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
            check(JCudaDriver.cuModuleUnload(module), "cuModuleUnload");
        } finally {
            check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        }
    }

    private void bind() {
        if (bound != Thread.currentThread()) {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            bound = Thread.currentThread();
        }
    }
}
