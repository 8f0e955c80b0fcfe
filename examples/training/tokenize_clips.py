"""Turns shards into tokens once: codes of every cell, which cells show an object, and caption word ids."""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

import layout
import world
from train_tokenizer import bright
from visual_tokenizer import GRID, PATCH, VisualTokenizer, nearest, patches


def encode(pictures, tokenizer, random):
    """Codes and object cells of one clip; equal patches, found by a random projection, are looked up once."""
    cells = patches(torch.from_numpy(pictures.copy()).unsqueeze(0)).reshape(-1, PATCH)
    keys, inverse = np.unique((cells.double() @ random).numpy(), return_inverse=True)
    first = np.zeros(len(keys), dtype=np.int64)
    first[inverse[::-1]] = np.arange(len(inverse))[::-1]
    codes = nearest(cells[first], tokenizer.codebook)[torch.from_numpy(inverse)]
    return codes.reshape(13, GRID * GRID).numpy().astype(np.uint16), bright(cells).reshape(13, GRID * GRID).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--out", required=True, help="folder; one .npz for each shard, existing ones are kept")
    args = parser.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = VisualTokenizer.load(args.tokenizer)
    words = {word: layout.FIRST_WORD + i for i, word in enumerate(world.vocabulary(args.shards))}
    random = torch.randn(PATCH, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    for shard in world.shards(args.shards, args.split):
        target = out / f"{shard}.npz"
        if target.exists():
            continue
        started, codes, shown, captions = time.time(), [], [], []
        for truth, pictures in world.clips(args.shards, shard):
            code, show = encode(pictures, tokenizer, random)
            codes.append(code)
            shown.append(show)
            captions.append([[words[word] for word in caption.split()] for caption in truth["captions"]])
        longest = max(len(caption) for clip in captions for caption in clip)
        ids = np.array([[c + [layout.PAD] * (longest - len(c)) for c in clip] for clip in captions], dtype=np.uint8)
        lengths = np.array([[len(c) for c in clip] for clip in captions], dtype=np.uint8)
        np.savez(target, codes=np.stack(codes), bright=np.stack(shown), captions=ids, lengths=lengths)
        print(f"{shard}: {len(codes)} clips in {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
