package io.packcache.kvcache.compute.cuda;

/** The device has no memory left for a request. */
final class OutOfDeviceMemoryException extends IllegalStateException {

    OutOfDeviceMemoryException(long bytes, String found) {
        super("the device has no " + bytes + " bytes left: " + found);
    }
}
