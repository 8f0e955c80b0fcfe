package io.packcache.media.file;

import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A playlist {@code NAME.m3u8}, its header {@code NAME-init.mp4} and its segments {@code NAME-00000.m4s} and so on, all in
 * one folder. One thread at a time.
 */
final class HlsFiles implements Destination {

    private static final Logger LOG = LoggerFactory.getLogger(HlsFiles.class);

    private static final String END = "#EXT-X-ENDLIST";

    private final OutputFile playlist;
    private final Path folder;
    private final String name;
    private final boolean overwrite;
    private boolean begun;
    private FileTime written;
    private String listed;

    /**
     * Checks, without writing anything, that the files can be made.
     *
     * @throws SinkException if one of the names is taken, or the folder absent or read-only
     */
    HlsFiles(Path playlist, boolean overwrite) throws SinkException {
        this.playlist = new OutputFile(playlist, overwrite, false);
        this.overwrite = overwrite;
        folder = file().getParent();
        String full = file().getFileName().toString();
        name = full.substring(0, full.lastIndexOf('.'));
        if (name.contains("%")) {
            throw new SinkException("cannot write " + playlist + ": the name of a playlist has no %");
        }
        List<Path> left = parts();
        if (!overwrite && !left.isEmpty()) {
            throw new SinkException(left.get(0) + " exists already; choose another name or allow overwriting");
        }
    }

    /** Name of the header, beside the playlist. */
    String header() {
        return name + "-init.mp4";
    }

    /** Where segments go, with a place for their number. */
    String segments() {
        return folder.resolve(name + "-%05d.m4s").toString();
    }

    @Override
    public Path file() {
        return playlist.file();
    }

    @Override
    public Path begin() {
        begun = true;
        if (overwrite) {
            // Segments of a longer film would otherwise stay beside those of this one.
            delete(parts());
        }
        return file();
    }

    @Override
    public void started() {
        // The playlist appears with its first segment.
    }

    @Override
    public void finished() {
        // Every segment was whole when it was named.
    }

    @Override
    public void discard() {
        if (begun) {
            delete(parts());
            delete(List.of(file()));
        }
    }

    @Override
    public boolean playsUnfinished() {
        return true;
    }

    /** Remembers the playlist, where it has changed: every segment in it is whole. */
    void remember() {
        try {
            FileTime now = Files.exists(file()) ? Files.getLastModifiedTime(file()) : written;
            if (!Objects.equals(now, written)) {
                written = now;
                listed = Files.readString(file());
            }
        } catch (IOException e) {
            LOG.debug("cannot read {} while it is written", file(), e);
        }
    }

    /** After writing failed: the playlist lists the segments that are whole, and ends; what it does not list is deleted. */
    void mend() throws IOException {
        if (listed == null) {
            return;
        }
        List<String> lines = listed.lines().toList();
        delete(parts().stream()
                .filter(part -> !part.endsWith(header())
                        && !lines.contains(part.getFileName().toString()))
                .toList());
        Files.writeString(file(), listed.contains(END) ? listed : listed + END + "\n");
    }

    private List<Path> parts() {
        Pattern part = Pattern.compile(Pattern.quote(name) + "-(init\\.mp4|\\d{5,}\\.m4s)(\\.tmp)?");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> part.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + folder, e);
        }
    }

    private static void delete(List<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + file, e);
            }
        }
    }
}
