"""Draws the curves of both trainings from their logs."""
import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def lines(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, help="folder of train_transformer.py")
    parser.add_argument("--tokenizer", required=True, help="folder of train_tokenizer.py")
    parser.add_argument("--out", required=True, help="PNG")
    args = parser.parse_args()
    tokenizer, run = lines(Path(args.tokenizer) / "tokenizer-log.jsonl"), lines(Path(args.run) / "log.jsonl")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    left.plot([e["step"] for e in tokenizer], [e["psnr"] for e in tokenizer], label="with refinement")
    left.axhline(tokenizer[0]["codebook_psnr"], color="gray", linestyle=":", label="codebook alone")
    left.set(xlabel="refinement step", ylabel="held-out PSNR, dB", title="visual tokenizer")
    for name, label in (("first_object", "first frame, object cells"), ("later_object", "later frames, object cells"),
                        ("later_all", "later frames, all cells")):
        right.plot([e["step"] for e in run], [e[name] for e in run], label=label)
    right.set(xlabel="step", ylabel="held-out loss, nat", title="transformer, all codes masked")
    for axes in (left, right):
        axes.legend(fontsize=7)
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(args.out, dpi=80)


if __name__ == "__main__":
    main()
