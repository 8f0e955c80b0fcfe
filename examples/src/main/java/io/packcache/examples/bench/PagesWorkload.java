package io.packcache.examples.bench;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Attention over encoded pages of a frame each, against the same rows as float32, and what each takes of memory. */
final class PagesWorkload implements Workload {

    private static final int HEADS = 8;
    private static final int QUERIES = 256;
    private static final int KEYS = 8192;
    private static final int PAGE = 1024;
    private static final int REPEATS = 2;
    private static final int[] HEAD_SIZES = {32, 64, 128};
    private static final String RAW = "raw";

    @Override
    public String name() {
        return "pages";
    }

    @Override
    public String summary() {
        return HEADS + " heads, 256 queries against 8,192 keys in pages of 1,024, under every codec";
    }

    @Override
    public Report run(Bench bench) {
        Report report = new Report();
        for (int size : HEAD_SIZES) {
            try (Backend backend = Backends.of(bench.backend(), bench.threads())) {
                measure(bench, backend, size, report);
            }
        }
        report.remark("raw: the fastest path, without pages; bfloat16 counts 2 bytes a value, tables are included");
        return report;
    }

    private static void measure(Bench bench, Backend backend, int size, Report report) {
        float[] rows = Numbers.uniform(HEADS * KEYS * size, 2);
        Map<String, CellRows[]> stored = new LinkedHashMap<>();
        stored.put(RAW, cells(head -> raw(backend, rows, head, size)));
        for (String codec : Codecs.names()) {
            stored.put(codec, cells(head -> paged(backend, rows, head, size, codec)));
        }
        Contest contest = new Contest();
        Tensor queries = Numbers.tensor(backend, QUERIES, HEADS * size, 1);
        Tensor output = backend.allocate(QUERIES, HEADS * size);
        stored.forEach((name, cells) -> {
            Attention call = new Attention(queries, 0, QUERIES, HEADS, cells, null, output);
            contest.add(name, () -> Contest.time(REPEATS, () -> backend.attention(call)));
        });
        Map<String, Times> times = contest.run(bench.rounds());
        double halves = 2.0 * 2 * HEADS * KEYS * size;
        times.forEach((name, measured) -> report.row("head size, stored as", size + ", " + name)
                .times("time", measured)
                .number("of raw", measured.median() / times.get(RAW).median(), "%.2f x")
                .number("bfloat16 takes", halves / bytes(stored.get(name)), "%.2f x"));
    }

    /** The rows of one head. */
    private interface Head {
        CellRows rows(int head);
    }

    private static CellRows[] cells(Head source) {
        CellRows[] cells = new CellRows[HEADS];
        Arrays.setAll(cells, source::rows);
        return cells;
    }

    private static CellRows raw(Backend backend, float[] rows, int head, int size) {
        Tensor tensor = backend.allocate(KEYS, size);
        tensor.write(0, rows, head * KEYS * size, KEYS);
        return new CellRows(tensor, tensor, KEYS);
    }

    private static CellRows paged(Backend backend, float[] rows, int head, int size, String codec) {
        List<Page> pages = new ArrayList<>();
        for (int first = 0; first < KEYS; first += PAGE) {
            int at = (head * KEYS + first) * size;
            float[] page = Arrays.copyOfRange(rows, at, at + PAGE * size);
            pages.add(new Page(
                    Codecs.keys(codec).encode(page, PAGE, size),
                    Codecs.values(codec).encode(page, PAGE, size),
                    null,
                    null,
                    null));
        }
        Tensor newest = backend.allocate(1, size);
        return new CellRows(newest, newest, 1, null, pages);
    }

    private static double bytes(CellRows[] cells) {
        double bytes = 0;
        for (CellRows cell : cells) {
            for (Page page : cell.pages()) {
                bytes += page.keys().bytes() + page.values().bytes();
            }
            bytes +=
                    cell.pages().isEmpty() ? cell.keys().bytes() + cell.values().bytes() : 0;
        }
        return bytes;
    }
}
