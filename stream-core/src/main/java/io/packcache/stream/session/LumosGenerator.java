package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.Signal;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.model.LoadProgress;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SequenceLayout;
import io.packcache.stream.model.Transformer;
import io.packcache.stream.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** Models of the Lumos-1 family: text tokenizer, transformer, masked decoding. */
final class LumosGenerator implements FrameGenerator {

    /** Tokens around the text: bos, separator, video start, duration, pictures a second. */
    private static final int AROUND_TEXT = 5;

    private final ModelConfig config;
    private final Transformer transformer;
    private final TextTokenizer text;
    private final ModelFingerprint fingerprint;

    private LumosGenerator(
            ModelConfig config, Transformer transformer, TextTokenizer text, ModelFingerprint fingerprint) {
        this.config = config;
        this.transformer = transformer;
        this.text = text;
        this.fingerprint = fingerprint;
    }

    static LumosGenerator load(Path folder, Backend backend) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        TextTokenizer text = TextTokenizer.load(folder, config.network().vocabulary());
        try {
            ModelFingerprint fingerprint = ModelFingerprint.of(folder);
            return new LumosGenerator(config, Transformer.load(folder, config.codesPlan(), backend), text, fingerprint);
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
        return text.encode(prompt, config.network().maxPositions() - AROUND_TEXT);
    }

    @Override
    public void check(Clip clip) {
        SequenceLayout.guided(
                config,
                config.grid(clip.rows(), clip.columns()),
                clip.text(),
                clip.durationToken(),
                clip.framesPerSecond());
    }

    @Override
    public FrameDecoder open(Clip clip, CacheBudget budget) {
        return MaskedDecoder.open(transformer, config, clip, budget);
    }

    @Override
    public boolean archives() {
        return true;
    }

    @Override
    public Set<Signal> signals() {
        return EnumSet.allOf(Signal.class);
    }

    @Override
    public String fingerprint() {
        return fingerprint.digest();
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
