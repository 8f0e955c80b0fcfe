package io.packcache.kvcache.compute.cuda;

import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** cuBLAS 13 through JavaCPP's binding. */
final class Cublas implements ProductLibrary {

    /** What NVIDIA advises for this generation; given up front so that graphs can be captured. */
    private static final long WORKSPACE_BYTES = 32L << 20;

    private final cublasContext context = new cublasContext();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final DeviceMemory workspace;
    private final String name;

    /** An address of the device as JavaCPP wants it. */
    private static final class Address extends Pointer {

        Address(long value) {
            address = value;
        }
    }

    Cublas(Device device) {
        check(cublas.cublasCreate_v2(context), "cublasCreate");
        workspace = device.pool().allocate(WORKSPACE_BYTES);
        try {
            CUstream_st stream = new CUstream_st(new Address(device.driver().stream()));
            check(cublas.cublasSetStream_v2(context, stream), "cublasSetStream");
            check(
                    cublas.cublasSetWorkspace_v2(context, new Address(workspace.address()), WORKSPACE_BYTES),
                    "cublasSetWorkspace");
            int[] version = new int[1];
            check(cublas.cublasGetVersion_v2(context, version), "cublasGetVersion");
            name = "cuBLAS " + version[0] / 10_000 + "." + version[0] / 100 % 100;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void multiply(long x, long weights, long y, int rows, int pitch, int outputs) {
        // cuBLAS counts column by column: what it makes of weights and rows is y turned over, which is y row by row.
        int status = cublas.cublasGemmEx(
                context,
                cublas.CUBLAS_OP_T,
                cublas.CUBLAS_OP_N,
                outputs,
                rows,
                pitch,
                one,
                new Address(weights),
                cudart.CUDA_R_16BF,
                pitch,
                new Address(x),
                cudart.CUDA_R_16BF,
                pitch,
                zero,
                new Address(y),
                cudart.CUDA_R_32F,
                outputs,
                cublas.CUBLAS_COMPUTE_32F,
                cublas.CUBLAS_GEMM_DEFAULT);
        check(status, "cublasGemmEx");
    }

    @Override
    public void close() {
        cublas.cublasDestroy_v2(context);
        workspace.close();
        one.close();
        zero.close();
    }

    private static void check(int status, String call) {
        if (status != cublas.CUBLAS_STATUS_SUCCESS) {
            throw new IllegalStateException(
                    call + " failed: " + cublas.cublasGetStatusString(status).getString());
        }
    }
}
