"""Writes reference numbers of an exported checkpoint, computed in float32 from its bfloat16 weights."""
import argparse
import json
from pathlib import Path

import torch

import layout
import safetensors_io
import world
from layout import CODES_AT, FRAME
from model import Transformer, causal_mask, rotary
from sample import load_model, word_ids
from visual_tokenizer import GRID, VisualTokenizer

CAPTION = "a red circle moves right"
FRAMES = 2
PATTERN_RATIO = 0.7


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


def incremental(recorder, model, run, prefix_ids, frames, partly):
    """Frame by frame against a cache: all codes masked, part of them known, then the store pass."""
    prefix, cache = len(prefix_ids), None
    for number, codes in enumerate(frames):
        whole = layout.frame_ids(codes)
        steps = {"step0": layout.frame_ids(torch.full_like(codes, -1)), "step1": layout.frame_ids(partly[number])}
        for kind, ids in (*steps.items(), ("store", whole)):
            start, first = prefix + number * FRAME, cache is None
            if first:
                ids, start = torch.cat([torch.tensor(prefix_ids), ids]), 0
            tag = f"{run}.f{number}.{kind}"
            places = recorder.sequence(tag, ids, prefix, start)
            mask = None
            if first:
                mask = torch.zeros(len(ids), len(ids)).masked_fill(~full_mask(prefix, len(ids)), -1e9)[None, None]
            hidden, grown = model.cached(ids.unsqueeze(0), places.unsqueeze(0), cache, mask)
            recorder.tensors[f"{tag}.logits"] = logits_of(model, hidden)
            before = 0 if first else cache[0][0].shape[2]
            kept = before + len(ids) if kind == "store" else max(before, prefix)
            cache = [(k[:, :, :kept], v[:, :, :kept]) for k, v in grown]
            recorder.calls.append(
                {"tag": tag, "tokens": len(ids), "cache_len_before": before, "cache_len_after": kept}
            )


def visual_goldens(tokenizer, pictures):
    """Codes of drawn pictures and the pictures that these codes decode to, channel, time, row, column."""
    video = torch.from_numpy(pictures.copy()).unsqueeze(0)
    codes = tokenizer.encode(video)
    with torch.no_grad():
        decoded = tokenizer.decode(codes)
        before = torch.cat([torch.full_like(codes[:, :1], -1), codes[:, :-1]], 1)
        values = tokenizer.patches(codes[0], before[0])
    grid = codes[0].reshape(-1, GRID, GRID)
    return {
        "enc.pictures": video[0].permute(3, 0, 1, 2),
        "enc.indices": grid,
        "dec.indices": grid,
        "dec.patches": values.reshape(*grid.shape, -1),
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
    guidance = json.loads((Path(args.model) / "generation_config.json").read_text())["guidance"]
    words = word_ids(world.vocabulary(args.shards))
    pictures = next(world.clips(args.shards, world.shards(args.shards, "heldout")[0], 1))[1]
    frames = tokenizer.encode(torch.from_numpy(pictures.copy()).unsqueeze(0))[0, :FRAMES]
    known = torch.rand(frames.shape, generator=torch.Generator().manual_seed(1)) < 0.4
    partly = torch.where(known, frames, -1)
    guided = layout.guided_prefix([words[word] for word in CAPTION.split()])
    recorder = Recorder()
    full(recorder, model, "full", guided, frames)
    incremental(recorder, model, "dense.cond", guided, frames, partly)
    incremental(recorder, model, "dense.uncond", layout.unguided_prefix(), frames, partly)
    last = f"f{FRAMES - 1}.step1.logits"
    conditional, free = (recorder.tensors[f"dense.{branch}.{last}"] for branch in ("cond", "uncond"))
    recorder.tensors[f"dense.cfg{guidance:g}.{last}"] = free + guidance * (conditional - free)
    for tag in ("dense.cond.f1.step0", "dense.uncond.f0.step1", "dense.uncond.f1.step0", "dense.uncond.f1.store"):
        drop(recorder, tag)
    recorder.tensors["history_mask_pattern"] = layout.history_pattern(PATTERN_RATIO) - 3
    safetensors_io.save(out / "goldens.safetensors", recorder.tensors)
    (out / "calls.json").write_text(json.dumps(recorder.calls, indent=1) + "\n")
    safetensors_io.save(out / "visual_tokenizer_goldens.safetensors", visual_goldens(tokenizer, pictures[:13]))


def drop(recorder, tag):
    """Leaves a call out that changes no cache, to keep the file small."""
    recorder.calls = [call for call in recorder.calls if call["tag"] != tag]
    for name in [name for name in recorder.tensors if name.startswith(tag + ".")]:
        del recorder.tensors[name]


if __name__ == "__main__":
    main()
