package io.packcache.examples.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One incremental forward, named {@code RUN.fN.STEP}.
 *
 * @param tag its name, the prefix of its tensors without the last dot
 * @param run the cache it works on
 * @param tokens its rows
 * @param before cache length before it
 * @param after cache length after it: so many of its first rows stay
 */
record GoldenCall(String tag, String run, int tokens, int before, int after) {

    private static final Pattern TAG = Pattern.compile("(.+)\\.f(\\d+)\\.([A-Za-z0-9_]+)");

    /** Reads {@code calls.json}; calls with other names, such as those on pruned caches, are left out. */
    static List<GoldenCall> read(Path file) throws CheckpointException {
        if (!Files.exists(file)) {
            throw new CheckpointException(
                    file + " is missing: it says in which order the forwards of goldens.safetensors"
                            + " were made and what each left in the cache");
        }
        JsonNode root = StrictJson.parse(file);
        if (!root.isArray()) {
            throw new CheckpointException(file + ": $ must be an array of calls");
        }
        List<GoldenCall> calls = new ArrayList<>();
        for (int i = 0; i < root.size(); i++) {
            String place = file + ": $[" + i + "]";
            JsonNode node = root.get(i);
            String tag = node.path("tag").asText();
            Matcher parts = TAG.matcher(tag);
            int tokens = number(place, node, "tokens", 1);
            int before = number(place, node, "cache_len_before", 0);
            int after = number(place, node, "cache_len_after", before);
            if (after > (long) before + tokens) {
                throw new CheckpointException(place + ".cache_len_after is " + after + ", but only " + tokens
                        + " tokens follow the " + before + " before");
            }
            if (parts.matches()) {
                calls.add(new GoldenCall(tag, parts.group(1), tokens, before, after));
            }
        }
        return calls;
    }

    private static int number(String place, JsonNode node, String name, int least) throws CheckpointException {
        JsonNode number = node.path(name);
        if (!number.isIntegralNumber() || !number.canConvertToInt() || number.intValue() < least) {
            throw new CheckpointException(place + "." + name + " is " + (number.isMissingNode() ? "missing" : number)
                    + ", expected a whole number of at least " + least);
        }
        return number.intValue();
    }
}
