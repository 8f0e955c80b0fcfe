"""Generates clips for held-out captions and counts how many are obeyed; draws a contact sheet."""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

import world
from judge import COLOURS, SHAPES, judge
from sample import generate, load_model, word_ids
from visual_tokenizer import VisualTokenizer

SIZES = ("small", "large")


def claims(caption):
    """What a caption says about each of its objects."""
    return [claim(part) for part in caption.split(" and ")]


def claim(part):
    words = part.split()
    after = words[words.index("moves") + 1 :]
    stop = next((i for i, word in enumerate(after) if word in ("from", "on", "behind", "and")), len(after))
    return {
        "colour": next(word for word in words if word in COLOURS),
        "shape": next(word for word in words if word in SHAPES),
        "size": next((word for word in words[: words.index("moves")] if word in SIZES), None),
        "direction": " ".join(after[:stop]),
    }


def follows(places, truth, tolerance=6):
    """Whether the object is near its true place in every picture."""
    return all(p is not None and max(abs(p[0] - t[0]), abs(p[1] - t[1])) <= tolerance for p, t in zip(places, truth))


def continues(found, truth):
    """Whether the given object keeps its colour and shape and is seen in every picture."""
    return found["colour"] == truth["colour"] and found["shape"] == truth["shape"] and None not in found["places"]


def sheet(path, clips, captions):
    import matplotlib

    every = max(1, len(clips[0]) // 8)
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(clips), 1, figsize=(9, 1.15 * len(clips)))
    for axis, clip, caption in zip(np.atleast_1d(axes), clips, captions):
        shown = list(range(0, len(clip), every))
        row = np.concatenate([np.pad(clip[i], ((0, 0), (0, 2), (0, 0)), constant_values=255) for i in shown], 1)
        axis.imshow(row, interpolation="nearest")
        axis.set_title(caption, fontsize=7, pad=2)
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--model", required=True, help="folder with config.json and weights")
    parser.add_argument("--weights", default="model.safetensors")
    parser.add_argument("--captions", type=int, default=32)
    parser.add_argument("--images", type=int, default=16, help="clips continued from their first picture")
    parser.add_argument("--latents", type=int, default=13)
    parser.add_argument("--window", type=int, help="latent frames remembered; all by default")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--choice-temperature", type=float, default=3.0)
    parser.add_argument("--history-mask-ratio", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sheet", help="PNG to draw")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    started = time.time()
    words = word_ids(world.vocabulary(args.shards))
    tokenizer, model = VisualTokenizer.load(args.tokenizer), load_model(args.model, args.weights)
    settings = {name: getattr(args, name) for name in
                ("steps", "guidance", "temperature", "choice_temperature", "history_mask_ratio")}
    shard = world.shards(args.shards, "heldout")[0]
    clips = list(world.clips(args.shards, shard, max(args.captions, args.images)))
    captions = [truth["captions"][i % len(truth["captions"])] for i, (truth, _) in enumerate(clips)]
    prompts = [[words[word] for word in caption.split()] for caption in captions]
    result, shown, titles = {}, [], []
    if args.captions:
        codes = generate(model, prompts[: args.captions], settings, args.seed, None, args.latents, args.window)
        with torch.no_grad():
            drawn = tokenizer.decode(codes).numpy()
        found, said = [], []
        for clip, caption in zip(drawn, captions):
            named = claims(caption)
            found += [judge(clip, one["colour"] if len(named) > 1 else None) for one in named]
            said += named
        for name in ("colour", "shape", "size", "direction"):
            pairs = [(f[name], c[name]) for f, c in zip(found, said) if c[name]]
            if pairs:
                result[name] = round(float(np.mean([a == b for a, b in pairs])), 3)
        result["objects"] = len(said)
        result["present_last"] = round(float(np.mean([f["places"][-1] is not None for f in found])), 3)
        result["present_always"] = round(float(np.mean([None not in f["places"] for f in found])), 3)
        shown += list(drawn[:8])
        titles += captions[:8]
    if args.images:
        real = torch.stack([torch.from_numpy(pictures.copy()) for _, pictures in clips[: args.images]])
        given = tokenizer.encode(real[:, :1].expand(-1, 49, -1, -1, -1)[:, :1])
        codes = generate(model, prompts[: args.images], settings, args.seed, given, args.latents, args.window)
        with torch.no_grad():
            drawn = tokenizer.decode(codes).numpy()
        truths = [truth["objects"][0] for truth, _ in clips[: args.images]]
        alone = [len(truth["objects"]) == 1 for truth, _ in clips[: args.images]]
        found = [judge(clip, None if one else t["colour"]) for clip, one, t in zip(drawn, alone, truths)]
        same = [continues(f, t) for f, t in zip(found, truths)]
        near = [follows(f["places"], t["centres"]) for f, t in zip(found, truths)]
        result["image_continues"] = round(float(np.mean(same)), 3)
        result["image_path"] = round(float(np.mean(near)), 3)
        shown += list(drawn[:3])
        titles += [f"first picture given: {c}" for c in captions[:3]]
    result["settings"] = settings
    result["seconds"] = round(time.time() - started)
    print(json.dumps(result))
    if args.sheet:
        sheet(args.sheet, shown, titles)


if __name__ == "__main__":
    main()
