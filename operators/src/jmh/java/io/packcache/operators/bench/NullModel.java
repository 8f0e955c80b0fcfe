package io.packcache.operators.bench;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.session.FrameGenerator;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.tokenizer.DecoderState;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.util.ArrayList;
import java.util.List;

/** A model that computes nothing: one step, a cache that stays empty, pictures whose pixels nobody paints. */
final class NullModel {

    /** Width and height of the pictures; each has 192 KiB. */
    static final int SIDE = 256;

    static final int PICTURES = 4;

    private static final int CELL = 8;

    private NullModel() {}

    static VideoModel open() {
        SamplingSettings sampling = SamplingSettings.defaults().withSteps(1);
        return new VideoModel(
                new Generator(), new Tokenizer(), new GenerationDefaults(sampling, 12, 2, 7, "{prompt}", SIDE, SIDE));
    }

    private static final class Generator implements FrameGenerator {

        @Override
        public int codes() {
            return 1;
        }

        @Override
        public int[] encode(String prompt) {
            return new int[1];
        }

        @Override
        public void check(Clip clip) {}

        @Override
        public FrameDecoder open(Clip clip, CacheBudget budget) {
            return new NoArithmetic();
        }

        @Override
        public void close() {}
    }

    private static final class NoArithmetic implements FrameDecoder {

        private static final int[] CODES = {};

        private final CacheView nothing =
                new CacheView(new FrameGrid(1, 1, 0, 0), new CacheShape(1, 1, 2), 3, List.of(), 1);

        @Override
        public void prefill() {}

        @Override
        public void begin(long frame) {}

        @Override
        public int steps() {
            return 1;
        }

        @Override
        public void step(int step) {}

        @Override
        public int[] codes() {
            return CODES;
        }

        @Override
        public int[] commit() {
            return CODES;
        }

        @Override
        public void rollback() {}

        @Override
        public CacheView view() {
            return nothing;
        }

        @Override
        public void apply(CompactionPlan plan) {}

        @Override
        public long cachedTokens() {
            return 0;
        }

        @Override
        public long residentBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static final class Tokenizer implements PictureTokenizer {

        @Override
        public int temporalFactor() {
            return PICTURES;
        }

        @Override
        public int spatialFactor() {
            return CELL;
        }

        @Override
        public int codebookSize() {
            return 1;
        }

        @Override
        public int[][] encode(List<VideoFrame> pictures) {
            throw new UnsupportedOperationException("nothing is conditioned on a picture here");
        }

        @Override
        public Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
            return new Unpainted(timeBase, pool);
        }

        @Override
        public void close() {}
    }

    private static final class Unpainted implements PictureTokenizer.Decoder {

        private final TimeBase timeBase;
        private final FramePool pool;
        private long pts;

        Unpainted(TimeBase timeBase, FramePool pool) {
            this.timeBase = timeBase;
            this.pool = pool;
        }

        @Override
        public List<VideoFrame> decode(int[] codes) {
            List<VideoFrame> pictures = new ArrayList<>(PICTURES);
            for (int i = 0; i < PICTURES; i++) {
                pictures.add(pool.take(SIDE, SIDE, pts++, timeBase));
            }
            return pictures;
        }

        @Override
        public DecoderState state() {
            throw new UnsupportedOperationException("nothing goes back here");
        }

        @Override
        public void close() {}
    }
}
