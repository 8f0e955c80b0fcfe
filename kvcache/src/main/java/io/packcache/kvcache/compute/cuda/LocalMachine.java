package io.packcache.kvcache.compute.cuda;

import java.nio.file.Files;
import java.nio.file.Path;

/** This machine. Names {@link DriverInquiry} only in methods that are called once JCuda is known to be there. */
final class LocalMachine implements Machine {

    @Override
    public boolean hasDeviceFile() {
        // The second is Windows' subsystem for Linux. On Windows itself the driver decides.
        return !System.getProperty("os.name").startsWith("Linux")
                || Files.exists(Path.of("/dev/nvidiactl"))
                || Files.exists(Path.of("/dev/dxg"));
    }

    @Override
    public boolean hasJCuda() {
        return LocalMachine.class.getClassLoader().getResource("jcuda/driver/JCudaDriver.class") != null;
    }

    @Override
    public String start() {
        return DriverInquiry.start();
    }

    @Override
    public int driverVersion() {
        return DriverInquiry.driverVersion();
    }

    @Override
    public int devices() {
        return DriverInquiry.devices();
    }

    @Override
    public String deviceName() {
        return DriverInquiry.deviceName();
    }

    @Override
    public int computeCapability() {
        return DriverInquiry.computeCapability();
    }
}
