package io.packcache.kvcache.compute.cuda;

import java.util.Optional;

/** Why the CUDA backend cannot run on a machine, in one sentence. */
final class Refusal {

    /** The kernels were compiled by CUDA 13.0. */
    private static final int LEAST_DRIVER = 13_000;

    /** Tensor cores that multiply bfloat16. */
    private static final int LEAST_CAPABILITY = 80;

    private Refusal() {}

    static Optional<String> of(Machine machine) {
        if (!machine.hasDeviceFile()) {
            return Optional.of("this machine has no NVIDIA device (/dev/nvidiactl is missing)");
        }
        if (!machine.hasJCuda()) {
            return Optional.of("the library org.jcuda:jcuda 12.6.0 is not on the class path");
        }
        try {
            return ofDriver(machine);
        } catch (LinkageError e) {
            return Optional.of(missingLibrary(e));
        }
    }

    private static Optional<String> ofDriver(Machine machine) {
        String error = machine.start();
        if (error != null) {
            return Optional.of("the NVIDIA driver does not start: " + error);
        }
        if (machine.driverVersion() < LEAST_DRIVER) {
            return Optional.of("the NVIDIA driver is too old: it knows CUDA " + version(machine.driverVersion() / 10)
                    + ", and the kernels need " + version(LEAST_DRIVER / 10));
        }
        if (machine.devices() < 1) {
            return Optional.of("the NVIDIA driver offers no device (is CUDA_VISIBLE_DEVICES empty?)");
        }
        if (machine.computeCapability() < LEAST_CAPABILITY) {
            return Optional.of("the " + machine.deviceName() + " is too old: it has compute capability "
                    + tenths(machine.computeCapability()) + ", and the kernels need " + tenths(LEAST_CAPABILITY));
        }
        return Optional.empty();
    }

    private static String version(int hundredths) {
        return hundredths / 100 + "." + hundredths % 100;
    }

    private static String tenths(int value) {
        return value / 10 + "." + value % 10;
    }

    private static String missingLibrary(LinkageError error) {
        String message = String.valueOf(error.getMessage());
        if (message.contains("libcuda.so")) {
            return "the NVIDIA driver's library libcuda.so.1 is missing";
        }
        return "the natives of JCuda could not be loaded (is org.jcuda:jcuda-natives 12.6.0 for this platform on the class"
                + " path?): " + message.lines().findFirst().orElse("");
    }
}
