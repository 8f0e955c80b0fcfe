"""The visual tokenizer: a codebook of patches and a small convolutional network that cleans what it draws.

A latent frame is GRID x GRID cells; a cell is a patch of 4 pictures x 8 x 8 pixels in channel, time, row, column order.
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import safetensors_io
from world import SIDE

TIME, CELL = 4, 8
GRID = SIDE // CELL
PATCH = 3 * TIME * CELL * CELL


def patches(pictures):
    """uint8 [N, 49, SIDE, SIDE, 3] -> float [N, 13, CELLS, 768], the first picture repeated to fill the first latent."""
    video = pictures.float() / 127.5 - 1
    video = torch.cat([video[:, :1].expand(-1, TIME - 1, -1, -1, -1), video], 1)
    n, t = video.shape[0], video.shape[1] // TIME
    cells = video.reshape(n, t, TIME, GRID, CELL, GRID, CELL, 3).permute(0, 1, 3, 5, 7, 2, 4, 6)
    return cells.reshape(n, t, GRID * GRID, PATCH)


def pictures(values):
    """float [N, T, CELLS, 768] -> uint8 [N, 4T - 3, SIDE, SIDE, 3]; the first latent yields only its last picture."""
    n, t = values.shape[:2]
    video = values.reshape(n, t, GRID, GRID, 3, TIME, CELL, CELL).permute(0, 1, 5, 2, 6, 3, 7, 4)
    video = video.reshape(n, t * TIME, GRID * CELL, GRID * CELL, 3)[:, TIME - 1 :]
    return ((video.clamp(-1, 1) + 1) / 2 * 255).to(torch.uint8)


def nearest(cells, codebook):
    """Index of the nearest centroid by squared distance for each row."""
    norms = (codebook * codebook).sum(1)
    return torch.cat([(norms - 2 * part @ codebook.t()).argmin(1) for part in cells.split(16384)])


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Refine(nn.Module):
    def __init__(self, codes, channels, blocks):
        super().__init__()
        self.embed = nn.Parameter(torch.randn(codes, channels) * 0.5)
        self.previous = nn.Parameter(torch.randn(codes, channels) * 0.1)
        self.blocks = nn.ModuleList(Block(channels) for _ in range(blocks))
        self.out = nn.Linear(channels, PATCH)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, codes, before):
        """codes [B, CELLS]; before, the same of the latent before or -1 where there is none -> correction [B, CELLS, 768]."""
        h = self.embed[codes] + self.previous[before.clamp(min=0)] * (before >= 0).unsqueeze(-1)
        h = h.transpose(1, 2).reshape(len(codes), -1, GRID, GRID)
        for block in self.blocks:
            h = block(h)
        return self.out(F.silu(h.flatten(2).transpose(1, 2)))


class VisualTokenizer(nn.Module):
    def __init__(self, codes, channels, blocks):
        super().__init__()
        self.shape = {"codes": codes, "channels": channels, "blocks": blocks}
        self.register_buffer("codebook", torch.zeros(codes, PATCH))
        self.refine = Refine(codes, channels, blocks)

    def encode(self, clips):
        """uint8 [N, P, SIDE, SIDE, 3] -> codes [N, T, CELLS]."""
        cells = patches(clips)
        return nearest(cells.reshape(-1, PATCH), self.codebook).reshape(cells.shape[:3])

    def patches(self, codes, before):
        return self.codebook[codes] + self.refine(codes, before)

    def decode(self, codes):
        """codes [N, T, CELLS] -> uint8 pictures [N, 4T - 3, SIDE, SIDE, 3]."""
        before = torch.cat([torch.full_like(codes[:, :1], -1), codes[:, :-1]], 1)
        values = self.patches(codes.flatten(0, 1), before.flatten(0, 1))
        return pictures(values.reshape(*codes.shape, PATCH))

    def save(self, folder):
        safetensors_io.save(Path(folder) / "visual_tokenizer.safetensors", self.state_dict())
        description = {"type": "patch-codebook", "spatial": CELL, "temporal": TIME, **self.shape}
        (Path(folder) / "visual_tokenizer.json").write_text(json.dumps(description, indent=1) + "\n")

    @staticmethod
    def load(folder):
        shape = json.loads((Path(folder) / "visual_tokenizer.json").read_text())
        tokenizer = VisualTokenizer(shape["codes"], shape["channels"], shape["blocks"])
        tokenizer.load_state_dict(safetensors_io.load(Path(folder) / "visual_tokenizer.safetensors"))
        return tokenizer.eval()
