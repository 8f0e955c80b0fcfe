package io.packcache.examples.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import io.packcache.stream.model.UnmaskingSchedule;
import java.nio.file.Path;

/** {@code schedule.json}: how many codes are masked after each step, and how much noise the choice has. */
final class ScheduleChecks {

    private final Checks checks;
    private final Path file;

    ScheduleChecks(Checks checks, Path file) {
        this.checks = checks;
        this.file = file;
    }

    void check() throws CheckpointException {
        JsonNode root = StrictJson.parse(file);
        if (!root.isArray()) {
            throw new CheckpointException(file + ": $ must be an array of schedules");
        }
        for (int i = 0; i < root.size(); i++) {
            schedule("$[" + i + "]", root.get(i));
        }
    }

    private void schedule(String place, JsonNode node) throws CheckpointException {
        int codes = (int) number(place, node, "tokens");
        int steps = (int) number(place, node, "steps");
        JsonNode trace = node.path("trace");
        if (codes < 1 || steps < 1 || !trace.isArray()) {
            throw new CheckpointException(file + ": " + place + " needs tokens and steps of at least 1 and a trace");
        }
        UnmaskingSchedule schedule = new UnmaskingSchedule(codes, steps);
        long[] expected = new long[2 * trace.size()];
        long[] found = new long[2 * trace.size()];
        double noise = 0;
        for (int i = 0; i < trace.size(); i++) {
            String at = place + ".trace[" + i + "]";
            JsonNode line = trace.get(i);
            int step = (int) number(at, line, "step");
            int unknown = (int) number(at, line, "unknown_before");
            expected[2 * i] = (long) number(at, line, "mask_len");
            expected[2 * i + 1] = (long) number(at, line, "masked_after");
            found[2 * i] = schedule.lowest(step, unknown);
            found[2 * i + 1] = schedule.masked(step, unknown);
            double share = number(at, line, "temperature_first_frame");
            noise = Math.max(noise, Math.abs(share - schedule.choiceShare(step)));
        }
        String name = "schedule." + codes + "x" + steps;
        checks.exact(name, expected, found);
        checks.add(new Check(name + ".temperature", noise, 0));
    }

    private double number(String place, JsonNode node, String name) throws CheckpointException {
        JsonNode number = node.path(name);
        if (!number.isNumber() || !(Math.abs(number.doubleValue()) < 1e9)) {
            throw new CheckpointException(file + ": " + place + "." + name + " is "
                    + (number.isMissingNode() ? "missing" : number) + ", expected a number");
        }
        return number.doubleValue();
    }
}
