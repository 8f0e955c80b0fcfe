package io.packcache.stream.testkit;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.tokenizer.DecoderState;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Paints each picture in one grey, made from the codes of its latent frame. */
final class ScriptedTokenizer implements PictureTokenizer {

    private static final int SIDE = 8;
    private static final int TEMPORAL = 4;

    private final ScriptedModel script;

    ScriptedTokenizer(ScriptedModel script) {
        this.script = script;
    }

    @Override
    public int temporalFactor() {
        return TEMPORAL;
    }

    @Override
    public int spatialFactor() {
        return SIDE;
    }

    @Override
    public int codebookSize() {
        return 256;
    }

    @Override
    public int[][] encode(List<VideoFrame> pictures) {
        int cells = pictures.get(0).width() / SIDE * (pictures.get(0).height() / SIDE);
        int[][] codes = new int[1 + (pictures.size() - 1) / TEMPORAL][cells];
        for (int i = 0; i < codes.length; i++) {
            Arrays.fill(codes[i], pictures.get(i * TEMPORAL).rgb()[0] & 0xff);
        }
        return codes;
    }

    @Override
    public Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
        script.openPictureDecoders.incrementAndGet();
        return new GreyDecoder(rows * SIDE, columns * SIDE, timeBase, pool, from);
    }

    @Override
    public void close() {}

    private final class GreyDecoder implements Decoder {

        private final int height;
        private final int width;
        private final TimeBase timeBase;
        private final FramePool pool;
        private int latentFrame;
        private long pts;
        private boolean closed;

        GreyDecoder(int height, int width, TimeBase timeBase, FramePool pool, DecoderState from) {
            this.height = height;
            this.width = width;
            this.timeBase = timeBase;
            this.pool = pool;
            this.latentFrame = from.latentFrame();
            this.pts = from.pts();
        }

        @Override
        public List<VideoFrame> decode(int[] codes) {
            script.paint.run();
            if (script.pictureFailure != null) {
                throw script.pictureFailure;
            }
            List<VideoFrame> pictures = new ArrayList<>();
            for (int i = latentFrame == 0 ? TEMPORAL - 1 : 0; i < TEMPORAL; i++) {
                VideoFrame picture = pool.take(width, height, pts++, timeBase);
                Arrays.fill(picture.rgb(), (byte) Arrays.hashCode(codes));
                pictures.add(picture);
            }
            latentFrame++;
            return pictures;
        }

        @Override
        public DecoderState state() {
            return new DecoderState(latentFrame, pts, List.of());
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                script.openPictureDecoders.decrementAndGet();
            }
        }
    }
}
