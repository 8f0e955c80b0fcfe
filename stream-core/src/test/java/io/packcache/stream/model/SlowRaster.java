package io.packcache.stream.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/**
 * One branch of a next-token model as one would write it down: double arithmetic, one token at a time, a list of what is
 * remembered. The specification of {@link RasterDecoder}; shares no code with it.
 */
final class SlowRaster {

    /** A remembered token: its frame (-1 for text), and keys and values of each layer, all heads in a row. */
    private record Entry(long frame, double[][] keys, double[][] values) {}

    private final NetworkConfig c;
    private final Map<String, float[]> weights;
    private final int firstOutput;
    private final int outputs;
    private final List<Entry> memory = new ArrayList<>();
    private double[] logits;

    SlowRaster(NetworkConfig network, Map<String, float[]> weights, int firstOutput, int outputs) {
        this.c = network;
        this.weights = weights;
        this.firstOutput = firstOutput;
        this.outputs = outputs;
    }

    /** What the last token said. */
    double[] logits() {
        return logits;
    }

    int remembered() {
        return memory.size();
    }

    void forget(LongPredicate frames) {
        memory.removeIf(entry -> entry.frame() >= 0 && frames.test(entry.frame()));
    }

    void feed(int id, int position, long frame) {
        Entry entry = new Entry(frame, new double[c.layers()][], new double[c.layers()][]);
        memory.add(entry);
        boolean picture = id >= c.vocabulary();
        String table = picture ? "model.vision_embed_tokens.weight" : "model.embed_tokens.weight";
        int row = picture ? id - c.vocabulary() : id;
        double[] x = new double[c.hidden()];
        for (int i = 0; i < x.length; i++) {
            x[i] = weights.get(table)[row * c.hidden() + i];
        }
        for (int layer = 0; layer < c.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            double[] normed = rms(x, name + "input_layernorm.weight");
            double[] q = turn(times(name + "self_attn.q_proj", normed, c.hidden()), position);
            int kvWidth = c.kvHeads() * c.headSize();
            entry.keys()[layer] = turn(times(name + "self_attn.k_proj", normed, kvWidth), position);
            entry.values()[layer] = times(name + "self_attn.v_proj", normed, kvWidth);
            add(x, times(name + "self_attn.o_proj", attend(q, layer), c.hidden()));
            normed = rms(x, name + "post_attention_layernorm.weight");
            double[] gate = times(name + "mlp.gate_proj", normed, c.intermediate());
            double[] up = times(name + "mlp.up_proj", normed, c.intermediate());
            for (int i = 0; i < gate.length; i++) {
                gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
            }
            add(x, times(name + "mlp.down_proj", gate, c.hidden()));
        }
        double[] last = rms(x, "model.norm.weight");
        String head = c.visionVocabulary() > 0 ? "vision_head.weight" : "lm_head.weight";
        logits = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < last.length; i++) {
                logits[o] += last[i] * weights.get(head)[(firstOutput + o) * c.hidden() + i];
            }
        }
    }

    private double[] attend(double[] q, int layer) {
        int d = c.headSize();
        double[] out = new double[q.length];
        for (int h = 0; h < c.heads(); h++) {
            int kv = h / (c.heads() / c.kvHeads());
            double[] shares = new double[memory.size()];
            double sum = 0;
            for (int t = 0; t < shares.length; t++) {
                double dot = 0;
                for (int i = 0; i < d; i++) {
                    dot += q[h * d + i] * memory.get(t).keys()[layer][kv * d + i];
                }
                shares[t] = Math.exp(dot / Math.sqrt(d));
                sum += shares[t];
            }
            for (int t = 0; t < shares.length; t++) {
                for (int i = 0; i < d; i++) {
                    out[h * d + i] += shares[t] / sum * memory.get(t).values()[layer][kv * d + i];
                }
            }
        }
        return out;
    }

    private double[] turn(double[] x, int position) {
        int d = c.headSize();
        for (int h = 0; h < x.length / d; h++) {
            for (int j = 0; j < d / 2; j++) {
                double angle = position * Math.pow(c.theta(), -2.0 * j / d);
                double a = x[h * d + j];
                double b = x[h * d + j + d / 2];
                x[h * d + j] = a * Math.cos(angle) - b * Math.sin(angle);
                x[h * d + j + d / 2] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
        return x;
    }

    private double[] times(String name, double[] x, int size) {
        float[] matrix = weights.get(name + ".weight");
        double[] y = new double[size];
        for (int o = 0; o < size; o++) {
            for (int i = 0; i < x.length; i++) {
                y[o] += matrix[o * x.length + i] * x[i];
            }
        }
        return y;
    }

    private double[] rms(double[] x, String name) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] / Math.sqrt(squares / x.length + c.epsilon()) * weights.get(name)[i];
        }
        return y;
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }

    /** Guidance, temperature, the k most likely, of them the likeliest that cover p, one draw; by sorting. */
    static int draw(double[] guided, double[] unguided, SamplingSettings s, double uniform) {
        double[] logits = guided.clone();
        for (int i = 0; unguided != null && i < logits.length; i++) {
            logits[i] = unguided[i] + s.guidance() * (guided[i] - unguided[i]);
        }
        List<Integer> order = IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]))
                .toList();
        if (s.temperature() == 0) {
            return order.get(0);
        }
        List<Integer> kept = order.subList(0, s.topK() == 0 ? order.size() : Math.min(order.size(), s.topK()));
        double total =
                kept.stream().mapToDouble(i -> weight(logits, order, s, i)).sum();
        List<Integer> covering = new ArrayList<>();
        double covered = 0;
        for (int i = 0; i < kept.size() && covered < s.topP() * total; i++) {
            covered += weight(logits, order, s, kept.get(i));
            covering.add(kept.get(i));
        }
        covering.sort(null);
        double left = uniform * covered;
        for (int code : covering) {
            left -= weight(logits, order, s, code);
            if (left < 0) {
                return code;
            }
        }
        return covering.get(covering.size() - 1);
    }

    private static double weight(double[] logits, List<Integer> order, SamplingSettings s, int code) {
        return Math.exp((logits[code] - logits[order.get(0)]) / s.temperature());
    }
}
