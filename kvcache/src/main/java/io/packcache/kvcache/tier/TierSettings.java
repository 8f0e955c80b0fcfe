package io.packcache.kvcache.tier;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How much a cache may keep outside of what is attended to. Each guidance branch has tiers of its own.
 *
 * @param hostBytes most bytes of copies in host memory, at least 0; every copy passes through it, so the largest must fit
 * @param diskBytes most bytes of files, at least 0; 0 for no disk tier
 * @param directory where the files' own directory is made, which goes when the cache is closed; the empty path stands for
 *     the system's directory for temporary files
 */
public record TierSettings(long hostBytes, long diskBytes, Path directory) {

    /** No tiers at all. */
    public static final TierSettings NONE = new TierSettings(0, 0, Path.of(""));

    public TierSettings {
        Objects.requireNonNull(directory, "directory");
        if (hostBytes < 0 || diskBytes < 0) {
            throw new IllegalArgumentException("tiers hold at least 0 bytes, got " + hostBytes
                    + " bytes of host memory and " + diskBytes + " bytes of disk");
        }
    }

    /** Copies in host memory alone, as many as there are. */
    public static TierSettings unlimitedHost() {
        return new TierSettings(Long.MAX_VALUE, 0, Path.of(""));
    }

    /** Whether there is room for nothing. */
    public boolean isNone() {
        return hostBytes == 0;
    }
}
