package io.packcache.stream.checkpoint;

/**
 * Where a tensor of a TorchScript archive lies.
 *
 * @param type how its numbers are stored
 * @param storage name of the entry that holds them
 * @param offset numbers in front of the first
 * @param shape sizes, outermost first; the numbers lie row-major without gaps
 */
record TorchTensor(ElementType type, String storage, long offset, long[] shape) {

    /** Numbers held. */
    long elements() {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }
}
