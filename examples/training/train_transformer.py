"""Trains the transformer on tokenised clips; resumable, stops by the clock, its rate decays in the last part."""
import argparse
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import layout
import safetensors_io
from layout import CODE, CODES_AT
from model import Transformer
from optimizer import Muon
from visual_tokenizer import VisualTokenizer, nearest

LATENTS = 13
OBJECT_WEIGHT = 5.0


def configuration(args, codes):
    return {
        "architectures": ["ChameleonMMRoPEForConditionalGeneration"],
        "model_type": "chameleon",
        "torch_dtype": "bfloat16",
        "vocab_size": CODE + codes,
        "hidden_size": args.width,
        "intermediate_size": args.inner,
        "num_hidden_layers": args.layers,
        "num_attention_heads": args.width // 64,
        "num_key_value_heads": args.kv_heads or args.width // 64,
        "hidden_act": "silu",
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-05,
        "rope_theta": args.theta,
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "model_parallel_size": 1,
        "swin_norm": False,
        "mm_rope": True,
        "mask_image_logits": False,
        "tie_word_embeddings": False,
        "bos_token_id": layout.BOS,
        "eos_token_id": layout.EOS,
    }


class Clips:
    """Tokenised clips, drawn in batches whose captions have equally many words, so that no prefix is padded."""

    def __init__(self, folder, split):
        files = sorted(Path(folder).glob(f"{split}-*.npz"))
        parts = [np.load(file) for file in files]
        longest = max(part["captions"].shape[2] for part in parts)
        widths = [longest - part["captions"].shape[2] for part in parts]
        captions = [np.pad(p["captions"], ((0, 0), (0, 0), (0, w))) for p, w in zip(parts, widths)]
        self.codes = torch.from_numpy(np.concatenate([part["codes"] for part in parts]).astype(np.int64))
        self.bright = torch.from_numpy(np.concatenate([part["bright"] for part in parts]))
        self.captions = torch.from_numpy(np.concatenate(captions).astype(np.int64))
        self.lengths = torch.from_numpy(np.concatenate([part["lengths"] for part in parts]).astype(np.int64))
        by_length = [(self.lengths == n).nonzero() for n in range(int(self.lengths.max()) + 1)]
        self.by_length = [pairs for pairs in by_length if len(pairs) >= 64]
        sizes = torch.tensor([float(len(pairs)) for pairs in self.by_length])
        self.chances = sizes / sizes.sum()

    def draw(self, batch, generator):
        """Indices of clips and the word ids [B, words] of one of their captions."""
        pairs = self.by_length[int(torch.multinomial(self.chances, 1, generator=generator))]
        chosen = pairs[torch.randint(len(pairs), (batch,), generator=generator)]
        clip, variant = chosen[:, 0], chosen[:, 1]
        return clip, self.captions[clip, variant, : int(self.lengths[clip[0], variant[0]])]


def masks(shape, generator):
    """Which codes of the target frames are masked: a cosine-distributed share of each frame, often all of them."""
    share = torch.cos(math.pi / 2 * torch.rand(shape[:2], generator=generator))
    share[torch.rand(shape[:2], generator=generator) < 0.35] = 1
    count = (share * shape[2]).ceil().clamp(min=1).unsqueeze(-1)
    rank = torch.rand(shape, generator=generator).argsort(-1).argsort(-1)
    return rank < count


def noisy(codes, share, generator):
    """Replaces a share of the codes by codes from elsewhere in the batch."""
    if not share or not codes.numel():
        return codes
    other = codes.flatten()[torch.randint(codes.numel(), codes.shape, generator=generator)]
    return torch.where(torch.rand(codes.shape, generator=generator) < share, other, codes)


def make_batch(clips, frames, batch, args, generator):
    """Ids and positions of one training batch; see Transformer.train_hidden."""
    def chance(share):
        return torch.rand((), generator=generator) < share

    clip, words = clips.draw(batch, generator)
    first = 0
    if chance(args.crop) and 2 < frames < LATENTS:
        first = int(torch.randint(1, LATENTS - frames + 1, (), generator=generator))
    codes, shown = clips.codes[clip, first : first + frames], clips.bright[clip, first : first + frames]
    if chance(args.drop_text):
        prefix = torch.tensor(layout.unguided_prefix()).expand(batch, -1)
    else:
        ends = torch.tensor(layout.guided_prefix([]))
        prefix = torch.cat([ends[:1].expand(batch, -1), words, ends[1:].expand(batch, -1)], 1)
    masked = masks(codes.shape, generator)
    visible = noisy(codes, args.noise if chance(0.5) else 0, generator)
    targets = layout.frame_ids(torch.where(masked, -1, visible))
    history = layout.frame_ids(noisy(codes[:, :-1], args.noise if chance(0.6) else 0, generator))
    if chance(args.masked_history):
        history[:, int(chance(0.5)) :, layout.history_pattern(0.7)] = layout.MASK
    numbered = first if chance(0.4) else 0
    if first and chance(0.15):
        numbered = int(torch.randint(400, (), generator=generator))
    start = prefix.shape[1]
    places = [layout.prefix_positions(start)]
    places += [layout.frame_positions(start, numbered + frame) for frame in range(frames)]
    if first:
        masked[:, 0] = False
    return prefix, history, targets, torch.cat(places), masked, codes, shown


def losses(model, batch, device, half):
    prefix, history, targets, positions, masked, codes, shown = (part.to(device) for part in batch)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=half):
        hidden = model.train_hidden(prefix, history, targets, positions)
        picked = hidden[:, :, CODES_AT.to(device)][masked]
        logits = F.linear(picked, model.lm_head.weight[CODE:])
    return F.cross_entropy(logits.float(), codes[masked], reduction="none"), shown[masked]


def gradients(model, batch, args):
    """The weighted loss of one batch and its gradients; object cells weigh more than background."""
    loss, shown = losses(model, batch, args.device, args.half)
    weight = 1 + (OBJECT_WEIGHT - 1) * shown
    total = (loss * weight).sum() / weight.sum()
    return total.item(), torch.autograd.grad(total, list(model.parameters()))


@torch.no_grad()
def validate(model, clips, args):
    """Loss on all cells and on object cells at full mask, for the first frame and for later ones, held-out clips."""
    generator = torch.Generator().manual_seed(3)
    sums = {"first": [0, 0, 0], "later": [0, 0, 0]}
    for _ in range(6):
        clip, words = clips.draw(16, generator)
        ends = torch.tensor(layout.guided_prefix([]))
        prefix = torch.cat([ends[:1].expand(16, -1), words, ends[1:].expand(16, -1)], 1)
        codes, shown = clips.codes[clip, :6], clips.bright[clip, :6]
        targets = layout.frame_ids(torch.full_like(codes, -1))
        history = layout.frame_ids(codes[:, :-1])
        start = prefix.shape[1]
        places = [layout.prefix_positions(start)] + [layout.frame_positions(start, f) for f in range(6)]
        masked = torch.ones_like(codes, dtype=torch.bool)
        batch = prefix, history, targets, torch.cat(places), masked, codes, shown
        loss, shown = losses(model, batch, args.device, args.half)
        loss, shown = loss.reshape(codes.shape).cpu(), shown.reshape(codes.shape).cpu()
        for name, part in (("first", slice(0, 1)), ("later", slice(1, None))):
            sums[name][0] += loss[:, part].mean().item() / 6
            sums[name][1] += (loss[:, part] * shown[:, part]).sum().item()
            sums[name][2] += shown[:, part].sum().item()
    return {
        f"{name}_{kind}": round(value, 4)
        for name, (every, total, count) in sums.items()
        for kind, value in (("all", every), ("object", total / count))
    }


def initialise_codes(model, codebook):
    """Embeddings and head rows of the codes start from the principal components of the codebook."""
    width = model.config["hidden_size"]
    centred = codebook - codebook.mean(0)
    u, s, _ = torch.linalg.svd(centred, full_matrices=False)
    points = u[:, :width] * s[:width].sqrt()
    points = points / points.square().mean().sqrt()
    with torch.no_grad():
        model.model.embed_tokens.weight[CODE:] = 0.5 * points
        model.lm_head.weight[CODE:] = points * width**-0.5


def start_from(model, folder, tokenizer):
    """Starts from a shipped model whose tokenizer was extended: codes that are new begin as the nearest old ones."""
    kept = safetensors_io.load(Path(folder) / "model.safetensors")
    known = len(kept["lm_head.weight"]) - CODE
    book = tokenizer.codebook
    like = nearest(book[known:], book[:known]) + CODE
    with torch.no_grad():
        for name, own in model.state_dict().items():
            value = kept[name].float()
            if name in ("lm_head.weight", "model.embed_tokens.weight"):
                new = value[like]
                value = torch.cat([value, new + 0.2 * new.std() * torch.randn_like(new)])
            own.copy_(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", required=True)
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--start", help="folder of a shipped model to start from; its tokenizer, or that one extended")
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--inner", type=int, default=512)
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--kv-heads", type=int, default=0)
    parser.add_argument("--theta", type=float, default=10000.0)
    parser.add_argument("--minutes", type=float, required=True, help="length of the schedule, all runs together")
    parser.add_argument("--decay", type=float, default=0.25, help="last share of the time: the rate falls to 0")
    parser.add_argument("--workers", type=int, default=2, help="threads that each compute the gradient of a part")
    parser.add_argument("--frames", type=int, default=32, help="latent frames in a batch")
    parser.add_argument("--lengths", default="1:0.2,2:0.25,3:0.1,5:0.17,8:0.14,13:0.14", help="latent frames: share")
    parser.add_argument("--early", type=float, default=0.07, help="first share of the time, in which clips have 3 or 4")
    parser.add_argument("--crop", type=float, default=0.45, help="share of batches that start inside a clip")
    parser.add_argument("--drop-text", type=float, default=0.1)
    parser.add_argument("--masked-history", type=float, default=0.15)
    parser.add_argument("--noise", type=float, default=0.03)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--muon-rate", type=float, default=0.02)
    parser.add_argument("--average", type=float, default=0.999)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--half", action=argparse.BooleanOptionalAction, default=True, help="bfloat16 matrix products")
    train(parser.parse_args())


def train(args):
    torch.manual_seed(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = VisualTokenizer.load(args.tokenizer)
    clips, held_out = Clips(args.tokens, "train"), Clips(args.heldout, "heldout")
    model = Transformer(configuration(args, len(tokenizer.codebook)))
    if args.start:
        start_from(model, args.start, tokenizer)
    else:
        initialise_codes(model, tokenizer.codebook)
    model.to(args.device)
    average = Transformer(model.config).to(args.device)
    average.load_state_dict(model.state_dict())
    hidden = [p for n, p in model.model.layers.named_parameters() if "proj" in n]
    others = [p for n, p in model.named_parameters() if "proj" not in n]
    optimizers = [Muon(hidden[part :: args.workers], args.muon_rate) for part in range(args.workers)]
    optimizers.append(torch.optim.AdamW(others, args.rate, betas=(0.9, 0.98), weight_decay=0.0))
    rates = [args.muon_rate] * args.workers + [args.rate]
    step, spent, seen = 0, 0.0, 0
    saved = out / "state.pt"
    if saved.exists():
        state = torch.load(saved, map_location=args.device)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        for optimizer, kept in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(kept)
        step, spent, seen = state["step"], state["spent"], state["seen"]
    generator = torch.Generator().manual_seed(args.seed * 1000003 + step)
    lengths = [(int(a), float(b)) for a, b in (part.split(":") for part in args.lengths.split(","))]
    chances = torch.tensor([share for _, share in lengths])
    size = sum(parameter.numel() for parameter in model.parameters())
    print(f"{len(clips.codes)} clips, {size} parameters, from step {step}", flush=True)
    torch.set_num_threads(1)
    pool = ThreadPoolExecutor(args.workers)
    last_saved = last_logged = time.time()
    running, tokens = [], 0
    while spent < args.minutes * 60:
        began = time.time()
        share = spent / (args.minutes * 60)
        scale = min(1.0, (step + 1) / 100) * min(1.0, (1 - share) / args.decay)
        if share < args.early:
            frames = 3 + int(torch.randint(2, (), generator=generator))
        else:
            frames = lengths[int(torch.multinomial(chances, 1, generator=generator))][0]
        size = max(1, args.frames // frames // args.workers)
        batches = [make_batch(clips, frames, size, args, generator) for _ in range(args.workers)]
        results = list(pool.map(lambda batch: gradients(model, batch, args), batches))
        for index, parameter in enumerate(model.parameters()):
            parameter.grad = sum(gradient[index] for _, gradient in results) / args.workers
        total = sum(loss for loss, _ in results) / args.workers
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        for optimizer, rate in zip(optimizers, rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * scale
        list(pool.map(lambda optimizer: optimizer.step(), optimizers))
        decay = min(args.average, (step + 1) / (step + 20))
        with torch.no_grad():
            for kept, new in zip(average.parameters(), model.parameters()):
                kept.lerp_(new, 1 - decay)
        step += 1
        seen += size * args.workers
        tokens += batches[0][2].numel() * args.workers
        running.append(total)
        now = time.time()
        spent += now - began
        if now - last_logged > 60:
            entry = {"step": step, "minutes": round(spent / 60, 2), "clips": seen}
            entry.update(loss=round(float(np.mean(running)), 4), scale=round(scale, 3))
            entry.update(target_tokens_per_second=round(tokens / (now - last_logged)))
            entry.update(validate(average, held_out, args))
            with open(out / "log.jsonl", "a") as log:
                log.write(json.dumps(entry) + "\n")
            print(entry, flush=True)
            running, tokens, last_logged = [], 0, time.time()
        if now - last_saved > 120:
            save(out, model, average, optimizers, step, spent, seen)
            last_saved = time.time()
    save(out, model, average, optimizers, step, spent, seen)


def save(out, model, average, optimizers, step, spent, seen):
    state = {
        "model": model.state_dict(),
        "average": average.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "step": step,
        "spent": spent,
        "seen": seen,
    }
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / "state.pt")
    safetensors_io.save(out / "average.tmp", average.state_dict())
    (out / "average.tmp").replace(out / "average.safetensors")
    (out / "config.json").write_text(json.dumps(model.config, indent=1) + "\n")


if __name__ == "__main__":
    main()
