"""The transformer of Lumos-1 in PyTorch: training form (two streams) and cached form (frame by frame)."""
import torch
import torch.nn.functional as F
from torch import nn

from layout import FRAME

# Which axis (0 time, 1 row, 2 column) turns channel pair j, by j mod 16.
AXES = [0, 0, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]


def rotary(positions, head, theta):
    """Positions [..., S, 3] -> cos, sin [..., S, head]."""
    pair = torch.arange(head // 2)
    frequency = theta ** (-2.0 * pair / head)
    axis = torch.tensor(AXES)[pair % 16]
    angle = positions[..., axis].float() * frequency.to(positions.device)
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def attend(q, k, v, mask=None):
    """Softmax attention; the mask is added to the scores. On CPUs plain products train faster than the fused kernel."""
    with torch.autocast(q.device.type, enabled=False):
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores + mask.to(scores.dtype)
        return scores.softmax(-1) @ v


def causal_mask(length, device=None):
    return torch.full((length, length), -1e9, device=device).triu(1)


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class HeadNorm(nn.Module):
    """LayerNorm over the channels of a head; its parameters carry a leading group dimension in the checkpoint."""

    def __init__(self, head):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, head))
        self.bias = nn.Parameter(torch.zeros(1, head))

    def forward(self, x):
        return F.layer_norm(x, x.shape[-1:], self.weight[0].to(x.dtype), self.bias[0].to(x.dtype), 1e-5)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        width = config["hidden_size"]
        self.head = width // self.heads
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, self.kv_heads * self.head, bias=False)
        self.v_proj = nn.Linear(width, self.kv_heads * self.head, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)
        self.q_norm = HeadNorm(self.head)
        self.k_norm = HeadNorm(self.head)

    def queries(self, x, cos, sin):
        q = self.q_proj(x).unflatten(-1, (self.heads, self.head)).transpose(1, 2)
        return rotate(self.q_norm(q), cos.to(q.dtype), sin.to(q.dtype))

    def keys_values(self, x, cos, sin):
        k = self.k_proj(x).unflatten(-1, (self.kv_heads, self.head)).transpose(1, 2)
        v = self.v_proj(x).unflatten(-1, (self.kv_heads, self.head)).transpose(1, 2)
        return rotate(self.k_norm(k), cos.to(k.dtype), sin.to(k.dtype)), v

    def grouped(self, x):
        return x if self.kv_heads == self.heads else x.repeat_interleave(self.heads // self.kv_heads, 1)

    def output(self, x):
        return self.o_proj(x.transpose(1, 2).flatten(2))


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = MLP(config)
        self.input_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def feed(self, x):
        return x + self.mlp(self.post_attention_layernorm(x))


class Backbone(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.model = Backbone(config)
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)
        self.head = config["hidden_size"] // config["num_attention_heads"]
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2 and "_norm" not in name:
                nn.init.normal_(parameter, std=0.5 if "embed" in name else parameter.shape[1] ** -0.5)
            if "o_proj" in name or "down_proj" in name:
                parameter.data *= (2 * config["num_hidden_layers"]) ** -0.5

    def train_hidden(self, prefix, history, targets, positions):
        """All target frames at once.

        prefix [B, P] ids; history [B, T-1, FRAME] ids of finished frames; targets [B, T, FRAME] ids with masked codes;
        positions [P + T * FRAME, 3]. Target frame f sees the prefix, the history frames before f and itself.
        Returns the normed hidden states of the target frames [B, T, FRAME, D].
        """
        start, frames = prefix.shape[1], targets.shape[1]
        own = start + (frames - 1) * FRAME
        ids = torch.cat([prefix, history.flatten(1), targets.flatten(1)], 1)
        positions = torch.cat([positions[:own], positions[start:]])
        cos, sin = rotary(positions, self.head, self.config["rope_theta"])
        causal = causal_mask(start, ids.device)
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers[:-1]:
            normed, attention = layer.input_layernorm(x), layer.self_attn
            q = attention.queries(normed, cos, sin)
            k, v = (attention.grouped(part) for part in attention.keys_values(normed, cos, sin))
            parts = [attend(q[:, :, :start], k[:, :, :start], v[:, :, :start], causal)]
            for frame in range(frames - 1):
                end = start + (frame + 1) * FRAME
                parts.append(attend(q[:, :, end - FRAME : end], k[:, :, :end], v[:, :, :end]))
            parts += target_attention(q[:, :, own:], k, v, start, frames)
            x = layer.feed(x + attention.output(torch.cat(parts, 2)))
        layer = self.model.layers[-1]
        normed, attention = layer.input_layernorm(x), layer.self_attn
        q = attention.queries(normed[:, own:], cos[own:], sin[own:])
        k, v = (attention.grouped(part) for part in attention.keys_values(normed, cos, sin))
        x = layer.feed(x[:, own:] + attention.output(torch.cat(target_attention(q, k, v, start, frames), 2)))
        return self.model.norm(x).unflatten(1, (frames, FRAME))

    def cached(self, ids, positions, cache, mask=None):
        """One forward against a cache.

        ids [B, S]; positions [B or 1, S, 3]; cache a list of (k, v) for each layer or None; mask [B, 1, S, all] added
        to the scores or None. Returns hidden states after the final norm and the cache that holds these tokens too.
        """
        cos, sin = rotary(positions, self.head, self.config["rope_theta"])
        cos, sin = cos.unsqueeze(1), sin.unsqueeze(1)
        x, grown = self.model.embed_tokens(ids), []
        for index, layer in enumerate(self.model.layers):
            normed, attention = layer.input_layernorm(x), layer.self_attn
            q = attention.queries(normed, cos, sin)
            k, v = attention.keys_values(normed, cos, sin)
            if cache is not None:
                k, v = (torch.cat(pair, 2) for pair in zip(cache[index], (k, v)))
            grown.append((k, v))
            mixed = attend(q, attention.grouped(k), attention.grouped(v), mask)
            x = layer.feed(x + attention.output(mixed))
        return self.model.norm(x), grown


def target_attention(q, k, v, start, frames):
    own = start + (frames - 1) * FRAME
    parts = []
    for frame in range(frames):
        seen, at = start + frame * FRAME, frame * FRAME
        keys = torch.cat([k[:, :, :seen], k[:, :, own + at : own + at + FRAME]], 2)
        values = torch.cat([v[:, :, :seen], v[:, :, own + at : own + at + FRAME]], 2)
        parts.append(attend(q[:, :, at : at + FRAME], keys, values))
    return parts
