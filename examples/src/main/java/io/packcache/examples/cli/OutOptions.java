package io.packcache.examples.cli;

import io.packcache.media.SinkAddress;
import io.packcache.media.SinkSettings;
import io.packcache.media.live.LiveListener;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.spec.SettingsJson;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where pictures go: one place or several at once. */
final class OutOptions {

    private static final String PIPE = "-";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "Where pictures go: film.mp4, .webm, .ts, .m3u8 (HLS), .gif, .webp, sheet.jpg (contact sheet),"
                            + " frames/%%05d.png, rtmp://host/application/key, srt://host:port, udp://host:port,"
                            + " or - for YUV4MPEG2 on standard output. Several: repeat the option.")
    private List<String> addresses = new ArrayList<>();

    @Option(
            names = "--sink-settings",
            paramLabel = "FILE",
            description = "JSON with settings for each kind of sink, as {\"mp4\": {\"coding\": {\"quality\": 12}}}.")
    private Path settings;

    @Option(names = "--overwrite", description = "Replace what exists.")
    private boolean overwrite;

    /** Refuses what can be refused before a model is loaded. */
    void check() throws IOException {
        if (new HashSet<>(addresses).size() < addresses.size()) {
            throw new UserError("--out names the same place twice");
        }
        for (String address : addresses) {
            if (!overwrite && Files.exists(Path.of(address))) {
                throw new FileAlreadyExistsException(address);
            }
        }
    }

    /** Opens every place; a live one gets the newest pictures it has time for, so that no network delays a file. */
    List<TeeBranch> open(PictureSize size, Map<String, String> metadata) throws IOException {
        SinkSettings sized = SinkSettings.FINITE.withSize(size.width(), size.height());
        SinkSettings chosen = (settings == null ? sized : SettingsJson.read(settings, sized))
                .withOverwrite(overwrite)
                .withMetadata(metadata);
        List<TeeBranch> branches = new ArrayList<>();
        try {
            for (String address : addresses) {
                FrameSink sink = SinkAddress.open(address, chosen, LiveListener.NONE, System.out);
                String name = SinkAddress.shown(address);
                // Two broadcasts may go to one host, and then look alike.
                String unique =
                        branches.stream().anyMatch(branch -> branch.name().equals(name))
                                ? name + " (" + (branches.size() + 1) + ")"
                                : name;
                branches.add(isLive(address) ? TeeBranch.newest(unique, sink) : TeeBranch.every(unique, sink));
            }
            return branches;
        } catch (SinkException e) {
            for (TeeBranch branch : branches) {
                branch.sink().close();
            }
            throw e;
        }
    }

    /** Whether pictures go to standard output, where words then must not. */
    boolean toStandardOutput() {
        return addresses.contains(PIPE);
    }

    /** All places, to be shown. */
    String shown() {
        return addresses.stream().map(SinkAddress::shown).collect(Collectors.joining(", "));
    }

    private static boolean isLive(String address) {
        return address.contains("://");
    }
}
