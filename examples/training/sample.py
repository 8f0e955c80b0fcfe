"""Masked parallel decoding, frame by frame with a cache, as Lumos-1 does it; many captions at once."""
import json
import math
from pathlib import Path

import torch

import layout
import safetensors_io
from layout import CODE, CODES_AT, FRAME
from model import Transformer, causal_mask

CELLS = len(CODES_AT)


class Branch:
    """One of the two caches of guidance; shorter prompts are padded on the left and hidden by a mask."""

    def __init__(self, model, prefixes):
        self.model = model
        self.lengths = torch.tensor([len(prefix) for prefix in prefixes])
        longest = int(self.lengths.max())
        ids = torch.tensor([[layout.PAD] * (longest - len(p)) + list(p) for p in prefixes])
        hidden = torch.arange(longest) < (longest - self.lengths).unsqueeze(1)
        self.hidden = torch.zeros(len(prefixes), 1, 1, longest).masked_fill(hidden[:, None, None], -1e9)
        positions = torch.arange(longest) - (longest - self.lengths).unsqueeze(1)
        positions = positions.clamp(min=0).unsqueeze(2).expand(-1, -1, 3)
        causal = causal_mask(longest) + self.hidden
        self.cache = None
        self.cache = model.cached(ids, positions, None, causal)[1]

    def frame(self, ids, number, keep=False):
        positions = torch.stack([layout.frame_positions(int(n), number) for n in self.lengths])
        seen = self.cache[0][0].shape[2]
        mask = torch.cat([self.hidden, torch.zeros(len(ids), 1, 1, seen + FRAME - self.hidden.shape[3])], 3)
        hidden, grown = self.model.cached(ids, positions, self.cache, mask.expand(-1, -1, FRAME, -1))
        if keep:
            self.cache = grown
            return None
        return hidden[:, CODES_AT] @ self.model.lm_head.weight[CODE:].t()


def unmask(branches, frames, number, settings, temperature, generator):
    """Fills one latent frame, codes [B, CELLS], in a number of steps; returns codes and the temperature that is left."""
    codes = torch.full((frames, CELLS), -1)
    steps = settings["steps"]
    for step in range(steps):
        ids = layout.frame_ids(codes)
        logits = branches[0].frame(ids, number)
        if len(branches) > 1:
            free = branches[1].frame(ids, number)
            logits = free + settings["guidance"] * (logits - free)
        chances = (logits.float() / settings["temperature"]).softmax(-1)
        drawn = torch.multinomial(chances.flatten(0, 1), 1, generator=generator).reshape(frames, CELLS)
        unknown = codes < 0
        drawn = torch.where(unknown, drawn, codes)
        sure = chances.gather(-1, drawn.unsqueeze(-1)).squeeze(-1)
        temperature *= 1 - (step + 1) / steps
        if step + 1 == steps:
            return drawn, temperature
        left = max(1, min(int(unknown[0].sum()) - 1, math.floor(CELLS * math.cos(math.pi / 2 * (step + 1) / steps))))
        noise = -torch.log(-torch.log(torch.rand(frames, CELLS, generator=generator).clamp(1e-10, 1 - 1e-7)))
        score = sure.clamp(min=1e-20).log() + temperature * noise
        score = torch.where(unknown, score, torch.tensor(float("inf")))
        cut = score.sort(-1).values[:, left : left + 1]
        codes = torch.where(score < cut, -1, drawn)
    return codes, temperature


@torch.no_grad()
@torch.autocast("cpu", dtype=torch.bfloat16)
def generate(model, prompts, settings, seed=1, given=None, latents=13, window=None):
    """Prompts: lists of word ids; given: codes [B, G, CELLS] of conditioning frames. Returns codes
    [B, latents, CELLS].

    With a window only so many frames are remembered, numbered from 0, as if the clip had begun with them.
    """
    generator = torch.Generator().manual_seed(seed)
    branches = open_branches(model, prompts, settings)
    pattern = None
    if settings["history_mask_ratio"] > 0:
        pattern = layout.history_pattern(settings["history_mask_ratio"])
    done, temperature = [], settings["choice_temperature"]
    for number in range(latents):
        place = number
        if window is not None and number > window:
            place, branches = window, open_branches(model, prompts, settings)
            for index, codes in enumerate(done[-window:]):
                for branch in branches:
                    branch.frame(layout.frame_ids(codes), index, keep=True)
        if given is not None and number < given.shape[1]:
            codes = given[:, number]
        else:
            codes, temperature = unmask(branches, len(prompts), place, settings, temperature, generator)
        ids = layout.frame_ids(codes)
        if pattern is not None and (given is None or number >= given.shape[1]):
            ids[:, pattern] = layout.MASK
        for branch in branches:
            branch.frame(ids, place, keep=True)
        done.append(codes)
    return torch.stack(done, 1)


def open_branches(model, prompts, settings):
    branches = [Branch(model, [layout.guided_prefix(words) for words in prompts])]
    if settings["guidance"] != 1:
        branches.append(Branch(model, [layout.unguided_prefix() for _ in prompts]))
    return branches


def load_model(folder, weights="model.safetensors"):
    model = Transformer(json.loads((Path(folder) / "config.json").read_text()))
    model.load_state_dict({k: v.float() for k, v in safetensors_io.load(Path(folder) / weights).items()})
    return model.eval()


def word_ids(words):
    return {word: layout.FIRST_WORD + i for i, word in enumerate(words)}
