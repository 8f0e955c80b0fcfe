"""Writes reference numbers of an exported checkpoint, computed in float32 from its bfloat16 weights."""
import argparse
import json
from pathlib import Path

import torch

import layout
import safetensors_io
import world
from layout import CODES_AT, FRAME
from model import rotary
from sample import load_model, word_ids
from visual_tokenizer import GRID, VisualTokenizer

CAPTION = "a red circle moves right"
FRAMES = 2
PATTERN_RATIO = 0.7
GUIDANCE = 2


class Recorder:
    """Collects tensors and the list of calls in the order they were made."""

    def __init__(self):
        self.tensors, self.calls = {}, []

    def sequence(self, tag, ids, prefix, first):
        """Ids and positions of a stretch of a sequence that starts at token `first` of its branch."""
        self.tensors[f"{tag}.input_ids"] = ids
        text = torch.arange(first, first + len(ids))
        places = places_of(prefix, first + len(ids))[first:]
        offset = (text - prefix) % FRAME
        visual = (text >= prefix) & (offset >= 3) & (offset < FRAME - 1)
        self.tensors[f"{tag}.pos.text"] = text
        for axis, name in enumerate("thw"):
            self.tensors[f"{tag}.pos.{name}"] = places[:, axis].contiguous()
        self.tensors[f"{tag}.pos.is_visual"] = visual.long()
        return places


def places_of(prefix, length):
    frames = [layout.frame_positions(prefix, frame) for frame in range(-(-(length - prefix) // FRAME))]
    return torch.cat([layout.prefix_positions(prefix), *frames])[:length]


def full_mask(prefix, length):
    """1 where a row may see a column: causal, and every token of a frame sees its whole frame."""
    frame = (torch.arange(length) - prefix).div(FRAME, rounding_mode="floor")
    frame[:prefix] = -1 - torch.arange(prefix)
    same = frame.unsqueeze(1) == frame.unsqueeze(0)
    return torch.ones(length, length).tril().bool() | same


def logits_of(model, hidden):
    return (hidden @ model.lm_head.weight.t())[0]


def full(recorder, model, tag, prefix_ids, frames):
    """The whole sequence in one forward."""
    prefix = len(prefix_ids)
    ids = torch.cat([torch.tensor(prefix_ids), layout.frame_ids(frames).flatten()])
    places = recorder.sequence(tag, ids, prefix, 0)
    mask = full_mask(prefix, len(ids))
    added = torch.zeros(mask.shape).masked_fill(~mask, -1e9)[None, None]
    hidden, _ = model.cached(ids.unsqueeze(0), places.unsqueeze(0), None, added)
    recorder.tensors[f"{tag}.logits"] = logits_of(model, hidden)
    cos, sin = rotary(places, model.head, model.config["rope_theta"])
    recorder.tensors.update({f"{tag}.cos": cos, f"{tag}.sin": sin, f"{tag}.mask": mask.to(torch.uint8)})


def incremental(recorder, model, run, prefix_ids, sequence):
    """Calls (frame, kind, ids) against a cache; the first also holds the prefix, "store" calls stay in the cache."""
    prefix, cache = len(prefix_ids), None
    for number, kind, ids in sequence:
        start, mask, before = prefix + number * FRAME, None, 0
        if cache is None:
            ids, start = torch.cat([torch.tensor(prefix_ids), ids]), 0
            mask = torch.zeros(len(ids), len(ids)).masked_fill(~full_mask(prefix, len(ids)), -1e9)[None, None]
        else:
            before = cache[0][0].shape[2]
        tag = f"{run}.f{number}.{kind}"
        places = recorder.sequence(tag, ids, prefix, start)
        hidden, grown = model.cached(ids.unsqueeze(0), places.unsqueeze(0), cache, mask)
        recorder.tensors[f"{tag}.logits"] = logits_of(model, hidden)
        after = before + len(ids) if kind == "store" else before
        cache = [(k[:, :, :after], v[:, :, :after]) for k, v in grown]
        recorder.calls.append({"tag": tag, "tokens": len(ids), "cache_len_before": before, "cache_len_after": after})


def visual_goldens(tokenizer, pictures):
    """Codes of drawn pictures and the pictures that these codes decode to, channel, time, row, column."""
    video = torch.from_numpy(pictures.copy()).unsqueeze(0)
    codes = tokenizer.encode(video)
    with torch.no_grad():
        decoded = tokenizer.decode(codes)
    grid = codes[0].reshape(-1, GRID, GRID)
    return {
        "enc.pictures": video[0].permute(3, 0, 1, 2),
        "enc.indices": grid,
        "dec.indices": grid,
        "dec.rgb": decoded[0].permute(3, 0, 1, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="exported checkpoint folder")
    parser.add_argument("--shards", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_grad_enabled(False)
    model, tokenizer = load_model(args.model), VisualTokenizer.load(args.model)
    words = word_ids(world.vocabulary(args.shards))
    pictures = next(world.clips(args.shards, world.shards(args.shards, "heldout")[0], 1))[1]
    frames = tokenizer.encode(torch.from_numpy(pictures.copy()).unsqueeze(0))[0, :FRAMES]
    known = torch.rand(len(CODES_AT), generator=torch.Generator().manual_seed(1)) < 0.4
    partly = torch.where(known, frames[1], -1)
    guided = layout.guided_prefix([words[word] for word in CAPTION.split()])
    recorder = Recorder()
    full(recorder, model, "full", guided, frames)
    first, second = layout.frame_ids(frames)
    unguided = [(0, "store", first), (1, "step1", layout.frame_ids(partly))]
    incremental(recorder, model, "dense.cond", guided, [*unguided, (1, "store", second)])
    incremental(recorder, model, "dense.uncond", layout.unguided_prefix(), unguided)
    conditional, free = (recorder.tensors[f"dense.{branch}.f1.step1.logits"] for branch in ("cond", "uncond"))
    recorder.tensors[f"dense.cfg{GUIDANCE}.f1.step1.logits"] = free + GUIDANCE * (conditional - free)
    recorder.tensors["history_mask_pattern"] = layout.history_pattern(PATTERN_RATIO) - 3
    safetensors_io.save(out / "goldens.safetensors", recorder.tensors)
    (out / "calls.json").write_text(json.dumps(recorder.calls, indent=1) + "\n")
    safetensors_io.save(out / "visual_tokenizer_goldens.safetensors", visual_goldens(tokenizer, pictures[:13]))


if __name__ == "__main__":
    main()
