"""Writes the checkpoint folder that the engine loads: weights in bfloat16, configuration, both tokenizers."""
import argparse
import json
import shutil
from pathlib import Path

import torch

import layout
import safetensors_io
import world

SPECIAL = {"<s>": layout.BOS, "<pad>": layout.PAD, "</s>": layout.EOS, "<unk>": layout.UNK}


def text_tokenizer(words):
    """A Hugging Face tokenizer.json: lower case, split at white space and punctuation, one id for a word."""
    vocabulary = {**SPECIAL, **{word: layout.FIRST_WORD + i for i, word in enumerate(words)}}
    added = [
        {"id": i, "content": name, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for name, i in SPECIAL.items()
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
    }


def configuration(config):
    """The configuration with the ids of the special tokens and the shape of the video."""
    tokens = {
        "bos": layout.BOS, "sep": layout.SEP, "new_line": layout.NEW_LINE, "size_token_zero": layout.NUMBER,
        "mask": layout.MASK, "video_start": layout.VIDEO_START, "video_end": layout.VIDEO_END,
        "image_start": layout.IMAGE_START, "image_end": layout.IMAGE_END, "visual_code_offset": layout.CODE,
        "visual_code_count": config["vocab_size"] - layout.CODE,
    }
    video = {
        "grid_unit_pixels": 32, "rows": layout.ROWS, "cols": layout.COLS, "h_grids": layout.GRIDS,
        "w_grids": layout.GRIDS, "frame_len": layout.FRAME, "frames": 13,
    }
    return {**config, "tiny_tokens": tokens, "tiny_video": video}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, help="folder of train_transformer.py")
    parser.add_argument("--tokenizer", required=True, help="folder of train_tokenizer.py")
    parser.add_argument("--shards", required=True, help="folder with vocabulary.txt")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--choice-temperature", type=float, default=3.0)
    parser.add_argument("--history-mask-ratio", type=float, default=0.0)
    args = parser.parse_args()
    run, out = Path(args.run), Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    weights = safetensors_io.load(run / "average.safetensors")
    safetensors_io.save(out / "model.safetensors", {k: v.to(torch.bfloat16) for k, v in weights.items()})
    config = configuration(json.loads((run / "config.json").read_text()))
    generation = {
        "steps": args.steps, "guidance": args.guidance, "temperature": args.temperature,
        "choice_temperature": args.choice_temperature, "history_mask_ratio": args.history_mask_ratio,
        "fps": layout.RATE, "duration_token": layout.DURATION, "latent_frames": 13, "prompt_template": "{prompt}",
        "width": world.SIDE, "height": world.SIDE,
    }
    write(out / "config.json", config)
    write(out / "generation_config.json", generation)
    write(out / "tokenizer.json", text_tokenizer(world.vocabulary(args.shards)))
    for name in ("visual_tokenizer.json", "visual_tokenizer.safetensors"):
        shutil.copyfile(Path(args.tokenizer) / name, out / name)


def write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
