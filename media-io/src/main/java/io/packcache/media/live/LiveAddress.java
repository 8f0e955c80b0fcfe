package io.packcache.media.live;

import io.packcache.media.ffmpeg.Target;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broadcast goes. It prints itself without what is secret in it, so that no log or message ever holds that.
 *
 * <ul>
 *   <li>{@code rtmp://host[:port]/application/key}, {@code rtmps://...}: FLV over RTMP; all after the application is secret
 *   <li>{@code srt://host:port[?streamid=...&passphrase=...&latency=...]}: MPEG-TS over SRT, as a caller; all after the
 *       question mark is secret
 *   <li>{@code udp://host:port[?pkt_size=...&ttl=...]}: MPEG-TS in datagrams, also to a multicast group; nobody answers,
 *       so nothing is known of who receives
 * </ul>
 */
final class LiveAddress {

    /** What FFmpeg understands behind the question mark; what it does not, it ignores without a word. */
    private static final Map<String, Set<String>> PARAMETERS = Map.of(
            "srt", Set.of("streamid", "passphrase", "pbkeylen", "latency", "maxbw", "pkt_size"),
            "udp", Set.of("pkt_size", "ttl", "localaddr", "localport", "buffer_size", "broadcast"));

    /** Shorter parts of a secret are words that stand in other lines, too. */
    private static final int SHORTEST_SECRET_PART = 4;

    /** Seven packets of MPEG-TS, as many as fit an Ethernet frame. */
    private static final String DATAGRAM = "1316";

    private static final Duration USUAL_LATENCY = Duration.ofMillis(120);

    /** In microseconds, at most ten seconds. */
    private static final Pattern LATENCY = Pattern.compile("\\blatency=(\\d{1,7})\\b");

    private static final Map<String, String> PROMPT = Map.of("flush_packets", "1");

    private static final Map<String, String> FLV = Map.of("flush_packets", "1", "flvflags", "no_duration_filesize");

    private final String scheme;
    private final String url;
    private final String shown;
    private final String secret;

    /**
     * @throws IllegalArgumentException if {@code url} is none of these; the message repeats nothing secret
     */
    LiveAddress(String url) {
        URI parts;
        try {
            parts = new URI(url);
        } catch (URISyntaxException e) {
            throw notAnAddress("it has a character that no address has at place " + e.getIndex());
        }
        scheme = parts.getScheme() == null ? "" : parts.getScheme();
        if (!Set.of("rtmp", "rtmps", "srt", "udp").contains(scheme)) {
            throw notAnAddress("it begins with none of rtmp://, rtmps://, srt:// and udp://");
        }
        if (parts.getHost() == null || parts.getUserInfo() != null) {
            throw notAnAddress("it names no host");
        }
        String host = scheme + "://" + parts.getRawAuthority();
        shown = host + (scheme.startsWith("rtmp") ? application(parts) : datagrams(parts));
        int secretFrom = shown.endsWith("***") ? shown.length() - "***".length() : url.length();
        this.url = url;
        secret = url.substring(secretFrom);
    }

    private static String application(URI parts) {
        String path = parts.getRawPath() == null ? "" : parts.getRawPath();
        int end = path.indexOf('/', 1);
        if (end < 2 || end == path.length() - 1) {
            throw notAnAddress("it has no application or no stream key");
        }
        return path.substring(0, end + 1) + "***";
    }

    private String datagrams(URI parts) {
        if (parts.getPort() < 1) {
            throw notAnAddress("it names no port");
        }
        String path = parts.getRawPath();
        if (path != null && !path.isEmpty()) {
            throw notAnAddress(scheme + ":// has no path; what a server wants to know follows a question mark");
        }
        if (parts.getRawQuery() == null) {
            return "";
        }
        for (String parameter : parts.getRawQuery().split("&", -1)) {
            String name = parameter.replaceFirst("=.*", "");
            if (!PARAMETERS.get(scheme).contains(name)) {
                throw notAnAddress("one of the names behind the question mark is none of "
                        + new TreeSet<>(PARAMETERS.get(scheme)));
            }
        }
        return "?***";
    }

    /**
     * With all that is secret; for the network only.
     *
     * @throws IllegalStateException if nobody can be trusted with it
     */
    Target target() {
        return switch (scheme) {
            case "rtmp" -> new Target(url, shown, "flv", FLV, Map.of(), Duration.ZERO);
            case "rtmps" -> new Target(url, shown, "flv", FLV, TrustedRoots.options(), Duration.ZERO);
            case "srt" ->
                new Target(url, shown, "mpegts", PROMPT, Map.of(), latency().multipliedBy(2));
            default -> new Target(url, shown, "mpegts", PROMPT, Map.of("pkt_size", DATAGRAM), Duration.ZERO);
        };
    }

    /** How long a receiver over SRT keeps pictures back, to put them in order; hanging up earlier would lose the last ones. */
    private Duration latency() {
        Matcher asked = LATENCY.matcher(secret);
        return asked.find() ? Duration.of(Long.parseLong(asked.group(1)), ChronoUnit.MICROS) : USUAL_LATENCY;
    }

    /** What must appear in no log: the secret and its longer parts, longest first. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        if (!secret.isEmpty()) {
            secrets.add(secret);
        }
        for (String part : secret.split("[?&=/]", -1)) {
            if (part.length() >= SHORTEST_SECRET_PART
                    && !part.equals(secret)
                    && !PARAMETERS.getOrDefault(scheme, Set.of()).contains(part)) {
                secrets.add(part);
            }
        }
        return secrets;
    }

    @Override
    public String toString() {
        return shown;
    }

    private static IllegalArgumentException notAnAddress(String why) {
        return new IllegalArgumentException(
                "a live address is rtmp://host/application/key, rtmps://, srt://host:port or"
                        + " udp://host:port, and this is none: " + why);
    }
}
