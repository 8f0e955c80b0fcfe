package io.packcache.kvcache.compute.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** What can be asked of the driver before a device is opened, through JCuda; and what a status of its calls says. */
final class DriverInquiry {

    private DriverInquiry() {}

    /** See {@link Machine#start}. */
    static String start() {
        int[] status = new int[1];
        NativesFolder.during(() -> status[0] = JCudaDriver.cuInit(0));
        return status[0] == CUresult.CUDA_SUCCESS ? null : CUresult.stringFor(status[0]);
    }

    static int driverVersion() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    static int devices() {
        int[] count = new int[1];
        int status = JCudaDriver.cuDeviceGetCount(count);
        if (status != CUresult.CUDA_ERROR_NO_DEVICE) {
            check(status, "cuDeviceGetCount");
        }
        return count[0];
    }

    static String deviceName() {
        byte[] name = new byte[256];
        check(JCudaDriver.cuDeviceGetName(name, name.length, first()), "cuDeviceGetName");
        return new String(name, StandardCharsets.UTF_8).replace("\0", "").trim();
    }

    static int computeCapability() {
        return 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    }

    private static int attribute(int attribute) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, first()), "cuDeviceGetAttribute");
        return value[0];
    }

    private static CUdevice first() {
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0), "cuDeviceGet");
        return device;
    }

    /** Fails unless a call went well; names the call. */
    static void check(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            String[] words = new String[1];
            JCudaDriver.cuGetErrorString(status, words);
            throw new IllegalStateException(
                    call + " failed: " + CUresult.stringFor(status) + (words[0] == null ? "" : ", " + words[0]));
        }
    }
}
