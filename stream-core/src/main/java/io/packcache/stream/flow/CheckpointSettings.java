package io.packcache.stream.flow;

import io.packcache.stream.spec.SettingException;

/**
 * How often a stream is saved, and where.
 *
 * @param everyFrames latent frames from one checkpoint to the next, at least 1
 * @param directory where the files go; made if it is not there
 * @param keep newest files that stay there, at least 1
 */
public record CheckpointSettings(int everyFrames, String directory, int keep) {

    public CheckpointSettings {
        SettingException.requireBetween("everyFrames", everyFrames, 1, Integer.MAX_VALUE);
        SettingException.requireBetween("keep", keep, 1, Integer.MAX_VALUE);
        if (directory.isBlank()) {
            throw new SettingException("directory", "directory is where checkpoints go, got nothing");
        }
    }

    /** Keeps the newest two, so that one is whole whatever happens while the other is written. */
    public static CheckpointSettings every(int latentFrames, String directory) {
        return new CheckpointSettings(latentFrames, directory, 2);
    }

    public CheckpointSettings withKeep(int other) {
        return new CheckpointSettings(everyFrames, directory, other);
    }
}
