"""The other side of `packcache bench`: the same work in PyTorch, asked as `serve.py` says.

Requests: {"op": "attention", heads, queries, keys, head, repeats}, {"op": "gemm", rows, inputs, outputs, repeats},
{"op": "load", "model": folder}, {"op": "score", "text": ids, "codes": [[...], ...]},
{"op": "clip", "text": ids, "latents", "steps", "temperature", "choice_temperature", "seed"}.
Answers hold seconds, or what was asked for.
"""
import math
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import layout
from layout import CODE, CODES_AT, FRAME
from model import causal_mask, rotary
from sample import load_model

from serve import serve

CELLS = len(CODES_AT)


def seconds(work, repeats):
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return times


def attention(request):
    heads, queries, keys, head = (request[name] for name in ("heads", "queries", "keys", "head"))
    q, k, v = (torch.randn(1, heads, rows, head) for rows in (queries, keys, keys))
    if hasattr(F, "scaled_dot_product_attention"):
        return {"seconds": seconds(lambda: F.scaled_dot_product_attention(q, k, v), request["repeats"])}

    def unfused():
        return torch.softmax((q * head**-0.5) @ k.transpose(-1, -2), -1) @ v

    return {"seconds": seconds(unfused, request["repeats"])}


def gemm(request):
    x = torch.randn(request["rows"], request["inputs"])
    w = torch.randn(request["outputs"], request["inputs"])
    return {"seconds": seconds(lambda: F.linear(x, w), request["repeats"])}


class Cached:
    """The transformer against keys and values kept in memory reserved once; the frame being drawn lies at the tail."""

    def __init__(self, model, text, latents):
        self.model = model
        prefix = torch.tensor([layout.guided_prefix(text)])
        self.start = prefix.shape[1]
        attention = model.model.layers[0].self_attn
        shape = (1, attention.kv_heads, self.start + latents * FRAME, attention.head)
        self.keys = [torch.zeros(shape) for _ in model.model.layers]
        self.values = [torch.zeros(shape) for _ in model.model.layers]
        self.length = 0
        turn = self.turn(layout.prefix_positions(self.start))
        self.forward(prefix, turn, causal_mask(self.start))
        self.length = self.start

    def turn(self, positions):
        cos, sin = rotary(positions, self.model.head, self.model.config["rope_theta"])
        return cos[None, None], sin[None, None]

    def forward(self, ids, turn, mask=None):
        x = self.model.model.embed_tokens(ids)
        end = self.length + ids.shape[1]
        for index, layer in enumerate(self.model.model.layers):
            normed, attention = layer.input_layernorm(x), layer.self_attn
            q = attention.queries(normed, *turn)
            k, v = attention.keys_values(normed, *turn)
            self.keys[index][:, :, self.length : end] = k
            self.values[index][:, :, self.length : end] = v
            k = attention.grouped(self.keys[index][:, :, :end])
            v = attention.grouped(self.values[index][:, :, :end])
            if hasattr(F, "scaled_dot_product_attention"):
                mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            else:
                scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
                mixed = (scores if mask is None else scores + mask).softmax(-1) @ v
            x = layer.feed(x + attention.output(mixed))
        return self.model.model.norm(x)

    def logits(self, ids, turn):
        return self.forward(ids, turn)[0, CODES_AT] @ self.model.lm_head.weight[CODE:].t()

    def frame(self, number):
        return self.turn(layout.frame_positions(self.start, number))

    def commit(self, codes, turn):
        self.forward(layout.frame_ids(codes[None]), turn)
        self.length += FRAME


def score(model, request):
    """ln p of the true codes of each frame, all of it masked, given the true frames before."""
    cache, answers = Cached(model, request["text"], len(request["codes"])), []
    for number, codes in enumerate(torch.tensor(request["codes"])):
        turn = cache.frame(number)
        logits = cache.logits(layout.frame_ids(torch.full((1, CELLS), -1)), turn)
        answers.append(logits.log_softmax(-1).gather(-1, codes[:, None])[:, 0].tolist())
        cache.commit(codes, turn)
    return {"scores": answers}


def unmask(cache, turn, request, temperature, generator):
    codes, steps = torch.full((CELLS,), -1), request["steps"]
    for step in range(steps):
        logits = cache.logits(layout.frame_ids(codes[None]), turn)
        chances = (logits / request["temperature"]).softmax(-1)
        drawn = torch.multinomial(chances, 1, generator=generator)[:, 0]
        unknown = codes < 0
        drawn = torch.where(unknown, drawn, codes)
        if step + 1 == steps:
            return drawn
        sure = chances.gather(-1, drawn[:, None])[:, 0].clamp(min=1e-20).log()
        share = temperature * (1 - (step + 1) / steps)
        if share > 0:
            uniform = torch.rand(CELLS, generator=generator).clamp(1e-10, 1 - 1e-7)
            sure = sure - share * torch.log(-torch.log(uniform))
        left = max(1, min(int(unknown.sum()) - 1, math.floor(CELLS * math.cos(math.pi / 2 * (step + 1) / steps))))
        sure = torch.where(unknown, sure, torch.tensor(float("inf")))
        codes = torch.where(sure < sure.sort().values[left], -1, drawn)
    return codes


def clip(model, request):
    """Seconds of each latent frame, steps and store pass."""
    generator = torch.Generator().manual_seed(request["seed"])
    cache, times = Cached(model, request["text"], request["latents"]), []
    for number in range(request["latents"]):
        began = time.perf_counter()
        turn = cache.frame(number)
        codes = unmask(cache, turn, request, request["choice_temperature"] if number == 0 else 0, generator)
        cache.commit(codes, turn)
        times.append(time.perf_counter() - began)
    return {"seconds": times}


class Peer:
    def load(self, request):
        self.model = load_model(request["model"])
        return {}

    def score(self, request):
        return score(self.model, request)

    def clip(self, request):
        return clip(self.model, request)


if __name__ == "__main__":
    peer = Peer()
    serve({"attention": attention, "gemm": gemm, "load": peer.load, "score": peer.score, "clip": peer.clip})
