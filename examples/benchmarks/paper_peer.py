"""The peer of `packcache bench --workload paper`: a Lumos-1 step in PyTorch, on any checkpoint folder and device.

Float32 on a CPU; bfloat16 with fused attention on a GPU. Keys and values lie in memory reserved once; both guidance
branches are one batch with histories of equal length, which is a little less work than the model asks for.

Requests: {"op": "load", "model": folder, "device": "cpu" or "cuda", "first_code": id, "codes": count};
{"op": "score", "prefix": {ids, positions}, "frames": [{masked, stored, positions, codes, codes_at}]};
{"op": "step", "frame": {ids, positions, codes_at}, "history": [tokens, ...], "guidance", "repeats"}.
Positions are [time, row, column] of each token.
"""
import json
import math
import mmap
import struct
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from serve import serve

# Which axis (0 time, 1 row, 2 column) turns channel pair j, by j mod 16.
AXES = [0, 0, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]
TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def read_tensors(folder, device, dtype):
    """All tensors of the folder's safetensors files."""
    tensors = {}
    for path in sorted(Path(folder).glob("model*.safetensors")):
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as data:
            length = struct.unpack("<Q", data[:8])[0]
            for name, entry in json.loads(data[8 : 8 + length]).items():
                if name == "__metadata__":
                    continue
                kind = TYPES[entry["dtype"]]
                count = math.prod(entry["shape"])
                flat = torch.frombuffer(data, dtype=kind, count=count, offset=8 + length + entry["data_offsets"][0])
                tensors[name] = flat.reshape(entry["shape"]).to(device, dtype, copy=True)
                del flat
    return tensors


class Model:
    """The weights of a checkpoint and one step through them; shapes in the comments are B branches, S tokens."""

    def __init__(self, folder, device, first_code, codes):
        config = json.loads((Path(folder) / "config.json").read_text())
        self.device = device
        self.dtype = torch.float32 if device == "cpu" else torch.bfloat16
        self.layers, self.width = config["num_hidden_layers"], config["hidden_size"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.head = self.width // self.heads
        self.eps, self.theta = config["rms_norm_eps"], config["rope_theta"]
        self.tensors = read_tensors(folder, device, self.dtype)
        self.answers = self.tensors["lm_head.weight"][first_code : first_code + codes]

    def cache(self, branches, tokens):
        shape = (branches, self.kv_heads, tokens, self.head)
        new = lambda: torch.zeros(shape, device=self.device, dtype=self.dtype)
        return [(new(), new()) for _ in range(self.layers)]

    def turn(self, positions):
        """Positions [S, 3] -> cos, sin [S, head]."""
        pair = torch.arange(self.head // 2)
        angle = torch.tensor(positions)[:, torch.tensor(AXES)[pair % 16]].float() * self.theta ** (-2.0 * pair / self.head)
        angle = torch.cat([angle, angle], -1).to(self.device)
        return angle.cos().to(self.dtype), angle.sin().to(self.dtype)

    def forward(self, ids, turn, cache, at, causal=False):
        """Runs ids [B, S] behind `at` cached tokens, over whose tail it writes; returns normed hidden states."""
        x = F.embedding(ids, self.tensors["model.embed_tokens.weight"])
        end = at + ids.shape[1]
        for index, (keys, values) in enumerate(cache):
            name = f"model.layers.{index}."
            normed = self.norm(x, name + "input_layernorm.weight")
            q = self.headed(normed, name + "self_attn.q_proj.weight", self.heads)
            q = self.rotated(q, name + "self_attn.q_norm", turn)
            k = self.headed(normed, name + "self_attn.k_proj.weight", self.kv_heads)
            keys[:, :, at:end] = self.rotated(k, name + "self_attn.k_norm", turn)
            values[:, :, at:end] = self.headed(normed, name + "self_attn.v_proj.weight", self.kv_heads)
            mixed = F.scaled_dot_product_attention(
                q, keys[:, :, :end], values[:, :, :end], is_causal=causal, enable_gqa=self.heads != self.kv_heads
            )
            x = x + F.linear(mixed.transpose(1, 2).flatten(2), self.tensors[name + "self_attn.o_proj.weight"])
            normed = self.norm(x, name + "post_attention_layernorm.weight")
            gate = F.silu(F.linear(normed, self.tensors[name + "mlp.gate_proj.weight"]))
            up = F.linear(normed, self.tensors[name + "mlp.up_proj.weight"])
            x = x + F.linear(gate * up, self.tensors[name + "mlp.down_proj.weight"])
        return self.norm(x, "model.norm.weight")

    def norm(self, x, name):
        return F.rms_norm(x, (self.width,), self.tensors[name], self.eps)

    def headed(self, x, name, heads):
        return F.linear(x, self.tensors[name]).unflatten(-1, (heads, self.head)).transpose(1, 2)

    def rotated(self, x, norm, turn):
        weight, bias = self.tensors[norm + ".weight"][0], self.tensors[norm + ".bias"][0]
        x = F.layer_norm(x, (self.head,), weight, bias, 1e-5)
        a, b = x.chunk(2, -1)
        return x * turn[0] + torch.cat([-b, a], -1) * turn[1]

    def logits(self, hidden, codes_at):
        return F.linear(hidden[:, codes_at], self.answers)

    def ids(self, ids):
        return torch.tensor(ids, device=self.device)


class Peer:
    def load(self, request):
        self.model = Model(request["model"], request["device"], request["first_code"], request["codes"])
        return {}

    def score(self, request):
        """ln p of the true codes of each frame, all of it masked, given the stored frames before; one branch."""
        model, prefix, frames, scores = self.model, request["prefix"], request["frames"], []
        at = len(prefix["ids"])
        cache = model.cache(1, at + sum(len(frame["stored"]) for frame in frames))
        model.forward(model.ids([prefix["ids"]]), model.turn(prefix["positions"]), cache, 0, causal=True)
        for frame in frames:
            turn, codes = model.turn(frame["positions"]), model.ids(frame["codes"])
            logits = model.logits(model.forward(model.ids([frame["masked"]]), turn, cache, at), frame["codes_at"])
            scores.append(logits[0].float().log_softmax(-1).gather(-1, codes[:, None])[:, 0].tolist())
            model.forward(model.ids([frame["stored"]]), turn, cache, at)
            at += len(frame["stored"])
        return {"scores": scores}

    def step(self, request):
        """Seconds of a step behind each of the history lengths: {"seconds": [[...], ...]}."""
        model, frame, answers = self.model, request["frame"], []
        ids, turn = model.ids([frame["ids"]] * 2), model.turn(frame["positions"])
        codes_at = model.ids(frame["codes_at"])
        cache = model.cache(2, max(request["history"]) + ids.shape[1])
        for keys, values in cache:
            keys.normal_()
            values.normal_()
        for history in request["history"]:
            times = []
            for repeat in range(1 + request["repeats"]):
                began = self.now()
                self.draw(ids, turn, cache, history, codes_at, request["guidance"])
                times.append(self.now() - began)
            answers.append(times[1:])
        return {"seconds": answers}

    def draw(self, ids, turn, cache, history, codes_at, guidance):
        """One step: both branches, guidance, a draw for each code, and the less sure half back to MASK."""
        logits = self.model.logits(self.model.forward(ids, turn, cache, history), codes_at)
        chances = (logits[1] + guidance * (logits[0] - logits[1])).float().softmax(-1)
        drawn = torch.multinomial(chances, 1)
        sure = chances.gather(-1, drawn)[:, 0].clamp(min=1e-20).log()
        return torch.where(sure < sure.sort().values[len(sure) // 2], -1, drawn[:, 0]).cpu()

    def now(self):
        if self.model.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()


if __name__ == "__main__":
    peer = Peer()
    serve({"load": peer.load, "score": peer.score, "step": peer.step})
