package io.packcache.stream.model;

import io.packcache.kvcache.position.TokenPosition;
import java.util.List;

/**
 * The model written down once more, in double precision, one number at a time, from the papers' formulas: the whole
 * sequence at once, no cache. Shares no code with the engine.
 */
final class SlowTransformer {

    private final NetworkConfig config;
    private final TinyModel model;

    SlowTransformer(TinyModel model) {
        this.config = model.config().network();
        this.model = model;
    }

    /**
     * Logits of every token over the vocabulary.
     *
     * @param frames the frame each token belongs to; negative for text
     */
    double[][] logits(int[] ids, List<TokenPosition> positions, int[] frames) {
        int n = ids.length;
        double[][] x = new double[n][config.hidden()];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < config.hidden(); c++) {
                x[i][c] = w("model.embed_tokens.weight", ids[i] * config.hidden() + c);
            }
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            String first = name + "input_layernorm.weight";
            String second = name + "post_attention_layernorm.weight";
            double[][] attended = attention(name + "self_attn.", before(x, first), positions, frames);
            addTo(x, after(attended, first));
            addTo(x, after(mlp(name + "mlp.", before(x, second)), second));
        }
        String head = config.tiedEmbeddings() ? "model.embed_tokens" : "lm_head";
        return linear(head, rms(x, "model.norm.weight"), config.vocabulary(), false);
    }

    private double[][] before(double[][] x, String norm) {
        return config.normAfter() ? x : rms(x, norm);
    }

    private double[][] after(double[][] x, String norm) {
        return config.normAfter() ? rms(x, norm) : x;
    }

    private double[][] attention(String name, double[][] x, List<TokenPosition> positions, int[] frames) {
        int n = x.length;
        int d = config.headSize();
        int kvWidth = config.kvHeads() * d;
        double[][] q = linear(name + "q_proj", x, config.hidden(), config.attentionBias());
        double[][] k = linear(name + "k_proj", x, kvWidth, config.attentionBias());
        double[][] v = linear(name + "v_proj", x, kvWidth, config.attentionBias());
        for (int i = 0; i < n; i++) {
            headNorm(q[i], config.heads(), name + "q_norm");
            headNorm(k[i], config.kvHeads(), name + "k_norm");
            rotate(q[i], config.heads(), positions.get(i));
            rotate(k[i], config.kvHeads(), positions.get(i));
        }
        double[][] out = new double[n][config.hidden()];
        for (int h = 0; h < config.heads(); h++) {
            int kv = h / (config.heads() / config.kvHeads());
            for (int i = 0; i < n; i++) {
                double[] p = new double[n];
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    boolean visible = j <= i || (frames[i] >= 0 && frames[i] == frames[j]);
                    double score = 0;
                    for (int c = 0; c < d; c++) {
                        score += q[i][h * d + c] * k[j][kv * d + c];
                    }
                    p[j] = visible ? Math.exp(score / Math.sqrt(d)) : 0;
                    sum += p[j];
                }
                for (int j = 0; j < n; j++) {
                    for (int c = 0; c < d; c++) {
                        out[i][h * d + c] += p[j] / sum * v[j][kv * d + c];
                    }
                }
            }
        }
        return linear(name + "o_proj", out, config.hidden(), config.attentionBias());
    }

    private double[][] mlp(String name, double[][] x) {
        double[][] gate = linear(name + "gate_proj", x, config.intermediate(), config.mlpBias());
        double[][] up = linear(name + "up_proj", x, config.intermediate(), config.mlpBias());
        for (int i = 0; i < x.length; i++) {
            for (int c = 0; c < config.intermediate(); c++) {
                gate[i][c] = gate[i][c] / (1 + Math.exp(-gate[i][c])) * up[i][c];
            }
        }
        return linear(name + "down_proj", gate, config.hidden(), config.mlpBias());
    }

    private double[][] linear(String name, double[][] x, int outputs, boolean biased) {
        double[][] y = new double[x.length][outputs];
        float[] weight = model.weights().get(name + ".weight");
        for (int i = 0; i < x.length; i++) {
            for (int o = 0; o < outputs; o++) {
                double sum = biased ? w(name + ".bias", o) : 0;
                for (int c = 0; c < x[i].length; c++) {
                    sum += weight[o * x[i].length + c] * x[i][c];
                }
                y[i][o] = sum;
            }
        }
        return y;
    }

    private double[][] rms(double[][] x, String name) {
        double[][] y = new double[x.length][config.hidden()];
        for (int i = 0; i < x.length; i++) {
            double squares = 0;
            for (double value : x[i]) {
                squares += value * value;
            }
            for (int c = 0; c < config.hidden(); c++) {
                y[i][c] = x[i][c] / Math.sqrt(squares / config.hidden() + config.epsilon()) * w(name, c);
            }
        }
        return y;
    }

    private void headNorm(double[] row, int heads, String name) {
        int d = config.headSize();
        for (int h = 0; h < heads; h++) {
            int group = h / (heads / config.normGroups());
            double mean = 0;
            for (int c = 0; c < d; c++) {
                mean += row[h * d + c] / d;
            }
            double variance = 0;
            for (int c = 0; c < d; c++) {
                variance += Math.pow(row[h * d + c] - mean, 2) / d;
            }
            for (int c = 0; c < d; c++) {
                double normed = (row[h * d + c] - mean) / Math.sqrt(variance + 1e-5);
                row[h * d + c] = normed * w(name + ".weight", group * d + c) + w(name + ".bias", group * d + c);
            }
        }
    }

    private void rotate(double[] row, int heads, TokenPosition position) {
        int d = config.headSize();
        for (int h = 0; h < heads; h++) {
            for (int j = 0; j < d / 2; j++) {
                double angle =
                        coordinate(position, j % 16) / config.positionScale() * Math.pow(config.theta(), -2.0 * j / d);
                double a = row[h * d + j];
                double b = row[h * d + j + d / 2];
                row[h * d + j] = a * Math.cos(angle) - b * Math.sin(angle);
                row[h * d + j + d / 2] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
    }

    private static int coordinate(TokenPosition position, int pair) {
        if (!position.visual()) {
            return position.index();
        }
        if (pair < 4) {
            return position.t();
        }
        boolean height = List.of(4, 5, 8, 9, 12, 13).contains(pair);
        return height ? position.h() : position.w();
    }

    private static void addTo(double[][] x, double[][] y) {
        for (int i = 0; i < x.length; i++) {
            for (int c = 0; c < x[i].length; c++) {
                x[i][c] += y[i][c];
            }
        }
    }

    private double w(String name, int index) {
        return model.weights().get(name)[index];
    }
}
