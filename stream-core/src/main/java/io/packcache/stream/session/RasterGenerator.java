package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.Signal;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.model.LoadProgress;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.model.RasterDecoder;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Next-token models in raster order, Emu3 and LWM: text tokenizer, transformer, token-by-token decoding. */
final class RasterGenerator implements FrameGenerator {

    private final RasterConfig config;
    private final Transformer transformer;
    private final TextTokenizer text;

    private RasterGenerator(RasterConfig config, Transformer transformer, TextTokenizer text) {
        this.config = config;
        this.transformer = transformer;
        this.text = text;
    }

    static RasterGenerator load(Path folder, Backend backend) throws IOException {
        RasterConfig config = RasterConfig.read(folder);
        TextTokenizer text = TextTokenizer.load(folder, config.network().vocabulary());
        try {
            return new RasterGenerator(config, Transformer.load(folder, config.plan(), backend), text);
        } catch (IOException | RuntimeException | Error e) {
            text.close();
            throw e;
        }
    }

    @Override
    public int codes() {
        return config.tokens().codeCount();
    }

    @Override
    public void prepare(LoadProgress progress) {
        transformer.prepare(progress);
    }

    @Override
    public int[] encode(String prompt) {
        return text.encode(prompt, config.network().maxPositions());
    }

    /** Nothing but the words of the size can be missing. */
    @Override
    public void check(Clip clip) {
        size(clip);
    }

    @Override
    public FrameDecoder open(Clip clip, CacheBudget budget) {
        return RasterDecoder.open(transformer, config, clip, size(clip), budget);
    }

    @Override
    public boolean archives() {
        return true;
    }

    @Override
    public Set<Signal> signals() {
        return RasterDecoder.SIGNALS;
    }

    private int[] size(Clip clip) {
        return config.tokens().sizeAsText() ? encode(clip.rows() + "*" + clip.columns()) : new int[0];
    }

    @Override
    public void close() {
        try {
            transformer.close();
        } finally {
            text.close();
        }
    }
}
