package io.packcache.examples.onair;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What was seen of a long broadcast: when each picture went out, and now and then the memory of the process. Numbers only;
 * one thread at a time.
 *
 * <p>At first a process warms up: classes are loaded, code is compiled, pools are filled. Growth and drift are of the time
 * after it.
 */
public final class SoakSamples {

    private record Look(double minutes, ProcessMemory memory, double drift) {}

    private final List<Look> looks = new ArrayList<>();
    private final int fps;
    private final double warmUpMinutes;
    private long firstNanos;
    private long firstPicture;
    private boolean begun;
    private double minutes;
    private double onTime = Double.NEGATIVE_INFINITY;
    private double lead;
    private double latestWarmingUp;
    private double worst;

    /**
     * Samples of a broadcast.
     *
     * @param fps pictures a second
     * @param warmUpMinutes from the first picture on
     */
    public SoakSamples(int fps, double warmUpMinutes) {
        this.fps = fps;
        this.warmUpMinutes = warmUpMinutes;
    }

    /**
     * A picture went out.
     *
     * @param nanos of {@link System#nanoTime}
     * @param picture its number
     */
    public void sent(long nanos, long picture) {
        if (!begun) {
            begun = true;
            firstNanos = nanos;
            firstPicture = picture;
        }
        double seconds = (nanos - firstNanos) / 1e9;
        minutes = seconds / 60;
        lead = picture - firstPicture - seconds * fps;
        if (warmingUp(minutes)) {
            // None is sent before its time, so that the one farthest ahead was on time.
            onTime = Math.max(onTime, lead);
            latestWarmingUp = Math.min(latestWarmingUp, lead);
        } else {
            onTime = onTime == Double.NEGATIVE_INFINITY ? lead : onTime;
            worst = Math.max(worst, Math.abs(drift()));
        }
    }

    private boolean warmingUp(double at) {
        return at < warmUpMinutes;
    }

    /** The memory when the newest picture went out. */
    void look(ProcessMemory memory) {
        looks.add(new Look(minutes, memory, drift()));
    }

    /** Looks at memory after the warm-up. */
    public int size() {
        return judged().size();
    }

    /** Minutes from the end of the warm-up to the last picture. */
    public double minutes() {
        return Math.max(0, minutes - warmUpMinutes);
    }

    /** How far the last picture is ahead of the clock, in pictures; negative if it is behind. */
    public double drift() {
        return begun ? lead - onTime : 0;
    }

    /** The farthest that a picture was from the clock after the warm-up, either way, in pictures. */
    public double worstDrift() {
        return worst;
    }

    /** The latest that a picture was in the warm-up, in pictures. */
    public double worstWarmingUp() {
        return begun && warmUpMinutes > 0 ? onTime - latestWarmingUp : 0;
    }

    /** Bytes resident at the end. */
    public long residentBytes() {
        return looks.isEmpty() ? 0 : looks.get(looks.size() - 1).memory().resident();
    }

    /** Growth of one part of the memory after the warm-up. */
    Growth growth(ToLongFunction<ProcessMemory> part) {
        List<Look> judged = judged();
        return Growth.of(
                judged.stream().mapToDouble(Look::minutes).toArray(),
                judged.stream().map(Look::memory).mapToLong(part).toArray());
    }

    /** Growth of all resident memory. */
    public Growth growth() {
        return growth(ProcessMemory::resident);
    }

    private List<Look> judged() {
        return looks.stream().filter(look -> !warmingUp(look.minutes())).toList();
    }

    /** Growth of the parts of resident memory, in words and KiB a minute. */
    public String parts() {
        return String.format(
                Locale.ROOT,
                "heap %.1f, compiled code %.1f (in use %.1f), classes %.1f, mapped files %.1f, all else %s",
                kibibytes(ProcessMemory::heap),
                kibibytes(ProcessMemory::code),
                kibibytes(ProcessMemory::codeUsed),
                kibibytes(ProcessMemory::classes),
                kibibytes(ProcessMemory::files),
                growth(ProcessMemory::rest));
    }

    private double kibibytes(ToLongFunction<ProcessMemory> part) {
        return growth(part).bytesPerMinute() / 1024;
    }

    /** The looks as a table for other programs, those of the warm-up too: minutes, bytes, drift in pictures. */
    public String csv() {
        StringBuilder table = new StringBuilder(
                "minutes,resident,files,heap,code_committed,code_used,classes,all_else,drift_pictures\n");
        for (Look look : looks) {
            ProcessMemory memory = look.memory();
            table.append(String.format(
                    Locale.ROOT,
                    "%.4f,%d,%d,%d,%d,%d,%d,%d,%.3f%n",
                    look.minutes(),
                    memory.resident(),
                    memory.files(),
                    memory.heap(),
                    memory.code(),
                    memory.codeUsed(),
                    memory.classes(),
                    memory.rest(),
                    look.drift()));
        }
        return table.toString();
    }
}
