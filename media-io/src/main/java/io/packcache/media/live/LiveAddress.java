package io.packcache.media.live;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a broadcast goes. It prints itself without its stream key, so that no log or message ever holds it. */
final class LiveAddress {

    private final String url;
    private final String shown;
    private final String key;

    /**
     * @param url {@code rtmp://host[:port]/app/key} or {@code rtmps://...}
     * @throws IllegalArgumentException if it is anything else; the message does not repeat it
     */
    LiveAddress(String url) {
        URI parts;
        try {
            parts = new URI(url);
        } catch (URISyntaxException e) {
            throw notAnAddress("it has a character that no address has at place " + e.getIndex());
        }
        if (!"rtmp".equals(parts.getScheme()) && !"rtmps".equals(parts.getScheme())) {
            throw notAnAddress("it begins with neither rtmp:// nor rtmps://");
        }
        if (parts.getHost() == null || parts.getUserInfo() != null) {
            throw notAnAddress("it names no host");
        }
        String path = parts.getRawPath() == null ? "" : parts.getRawPath();
        int end = path.indexOf('/', 1);
        if (end < 2 || end == path.length() - 1) {
            throw notAnAddress("it has no application or no stream key");
        }
        String place = parts.getScheme() + "://" + parts.getRawAuthority() + path.substring(0, end + 1);
        this.url = url;
        key = url.substring(place.length());
        shown = place + "***";
    }

    /** With the key; for the network only. */
    String url() {
        return url;
    }

    /** The secret part. */
    String key() {
        return key;
    }

    @Override
    public String toString() {
        return shown;
    }

    private static IllegalArgumentException notAnAddress(String why) {
        return new IllegalArgumentException("a live address is rtmp://host/application/key, and this is none: " + why);
    }
}
