package io.packcache.kvcache.compute.cuda;

/** What {@link Refusal} asks about a machine, in the order in which it may be asked: no question is safe before those above it. */
interface Machine {

    /** Whether the operating system has an NVIDIA device. */
    boolean hasDeviceFile();

    /** Whether JCuda's classes are on the class path. */
    boolean hasJCuda();

    /**
     * Starts the driver.
     *
     * @return the name of the error, or null
     * @throws LinkageError if JCuda's natives or the driver's library are missing
     */
    String start();

    /** CUDA version of the driver: 13000 is 13.0. */
    int driverVersion();

    /** Number of devices that programs may use. */
    int devices();

    /** Name of the first of them. */
    String deviceName();

    /** Its compute capability: 90 is 9.0. */
    int computeCapability();
}
