"""Reads the shards that the Java world writes: raw pictures of every clip, captions and truth.

WORLD_SIDE in the environment is the side of the pictures in pixels: 64, the default, or 128 for the larger world.
"""
import gzip
import json
import os
from pathlib import Path

import numpy as np

PICTURES, SIDE = 49, int(os.environ.get("WORLD_SIDE", "64"))
CLIP_BYTES = PICTURES * SIDE * SIDE * 3


def shards(folder, split):
    """The names of all shards of a split ("train" or "heldout"), in order."""
    return sorted(path.name[: -len(".rgb.gz")] for path in Path(folder).glob(f"{split}-*.rgb.gz"))


def clips(folder, shard, limit=None):
    """Yields (truth, pictures) for each clip; pictures are uint8 [49, SIDE, SIDE, 3]."""
    with gzip.open(Path(folder) / f"{shard}.rgb.gz", "rb") as pixels, open(Path(folder) / f"{shard}.jsonl") as lines:
        for count, line in enumerate(lines):
            if limit is not None and count >= limit:
                return
            raw = np.frombuffer(pixels.read(CLIP_BYTES), dtype=np.uint8)
            yield json.loads(line), raw.reshape(PICTURES, SIDE, SIDE, 3)


def vocabulary(folder):
    """The words captions are made of, in the order of their ids."""
    return (Path(folder) / "vocabulary.txt").read_text().split()
