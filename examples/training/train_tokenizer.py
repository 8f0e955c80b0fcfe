"""Fits the codebook by k-means and trains the refinement network; writes visual_tokenizer.{json,safetensors}."""
import argparse
import json
import time
from pathlib import Path

import torch

import world
from visual_tokenizer import GRID, PATCH, VisualTokenizer, nearest, patches

BRIGHT = 125 / 127.5 - 1


def load_cells(folder, split, limit):
    """Patches of the first clips of a split, float [N, 13, CELLS, 768]."""
    found = []
    for shard in world.shards(folder, split):
        for _, pictures in world.clips(folder, shard, limit - len(found)):
            found.append(torch.from_numpy(pictures.copy()))
        if len(found) >= limit:
            break
    return patches(torch.stack(found))


def bright(cells):
    """Which patches show an object: every object is bright, every background and bar is dark."""
    return cells.amax(-1) > BRIGHT


def kmeans(cells, codes, rounds, seed):
    generator = torch.Generator().manual_seed(seed)
    centroids = seeds(cells, codes, generator)
    for turn in range(rounds):
        index = nearest(cells, centroids)
        counts = torch.bincount(index, minlength=codes)
        sums = torch.zeros_like(centroids).index_add_(0, index, cells)
        centroids = sums / counts.clamp(min=1).unsqueeze(1)
        empty = (counts == 0).nonzero().flatten()
        if len(empty):
            error = (cells - centroids[index]).square().sum(1)
            centroids[empty] = cells[error.topk(len(empty)).indices]
        print(f"k-means {turn + 1}/{rounds}: empty {len(empty)}", flush=True)
    return centroids


def fit_codebook(flat, args):
    """k-means over all patches that show an object and a sample of the others, so that objects get most codes."""
    shows = bright(flat)
    dark = flat[~shows]
    dark = dark[torch.randperm(len(dark))[: int(shows.sum()) // 8]]
    pool = torch.cat([flat[shows], dark])
    pool = pool[torch.randperm(len(pool))[:120000]].to(args.device)
    return kmeans(pool, args.codes, args.rounds, args.seed)


def extend(tokenizer, flat, args):
    """Keeps every code of an earlier tokenizer and adds new ones where it draws worst; codes keep their numbers."""
    earlier = VisualTokenizer.load(args.extend)
    index = nearest(flat, earlier.codebook)
    error = (flat - earlier.codebook[index]).square().mean(1)
    generator = torch.Generator().manual_seed(args.seed)
    pool = flat[torch.multinomial(error.clamp(min=1e-6), min(60000, len(flat)), generator=generator)]
    more = args.codes - len(earlier.codebook)
    added = kmeans(pool, more, args.rounds, args.seed) if more else flat[:0]
    with torch.no_grad():
        tokenizer.codebook.copy_(torch.cat([earlier.codebook, added]))
        like = nearest(added, earlier.codebook) if more else torch.zeros(0, dtype=torch.long)
        for name, value in earlier.refine.state_dict().items():
            own = tokenizer.refine.state_dict()[name]
            own.copy_(torch.cat([value, value[like]]) if name in ("embed", "previous") else value)


def seeds(cells, codes, generator):
    """k-means++ on a sample, several new centres at a time: each drawn in proportion to its squared distance."""
    sample = cells[torch.randperm(len(cells), generator=generator)[:20000]]
    chosen = sample[:1]
    least = torch.full((len(sample),), float("inf"))
    while len(chosen) < codes:
        least = torch.minimum(least, torch.cdist(sample, chosen[-16:]).square().amin(1))
        more = torch.multinomial(least, min(16, codes - len(chosen)), generator=generator)
        chosen = torch.cat([chosen, sample[more]])
    return chosen


def psnr(cells, decoded):
    """Over whole clips; the first latent counts only its last picture."""
    error = ((decoded.clamp(-1, 1) - cells) * 127.5).square().reshape(len(cells), 13, GRID * GRID, 3, 4, 64)
    total = error[:, 1:].sum() + error[:, :1, :, :, 3].sum()
    count = error[:, 1:].numel() + error[:, :1, :, :, 3].numel()
    return (10 * torch.log10(255**2 / (total / count))).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--codes", type=int, default=1024)
    parser.add_argument("--channels", type=int, default=96)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--codebook", help="folder of a tokenizer whose codebook is kept; only the network is trained")
    parser.add_argument("--extend", help="folder of a tokenizer whose codes and network are kept and added to")
    parser.add_argument("--minutes", type=float, default=1e9, help="ends the refinement early, its rate decayed")
    parser.add_argument("--half", action="store_true", help="bfloat16 convolutions")
    parser.add_argument("--rounds", type=int, default=20, help="k-means rounds")
    parser.add_argument("--steps", type=int, default=1500, help="refinement steps")
    parser.add_argument("--batch", type=int, default=64, help="latent frames in a batch")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    cells = load_cells(args.shards, "train", args.clips)
    tokenizer = VisualTokenizer(args.codes, args.channels, args.blocks).to(args.device)
    saved = out / "state.pt"
    state = torch.load(saved, map_location=args.device) if saved.exists() else None
    if state:
        tokenizer.codebook.copy_(state["codebook"])
        tokenizer.refine.load_state_dict(state["refine"])
    elif args.extend:
        extend(tokenizer, cells.reshape(-1, PATCH), args)
    elif args.codebook:
        tokenizer.codebook.copy_(VisualTokenizer.load(args.codebook).codebook)
    else:
        tokenizer.codebook.copy_(fit_codebook(cells.reshape(-1, PATCH), args))
    held_out = load_cells(args.shards, "heldout", 100).to(args.device)
    held_codes = tokenizer_codes(tokenizer, held_out)
    with torch.no_grad():
        plain = psnr(held_out, tokenizer.codebook[held_codes])
    print(f"codebook alone {plain:.2f} dB after {time.time() - started:.0f} s", flush=True)
    codes = torch.cat([tokenizer_codes(tokenizer, part.to(args.device)).cpu() for part in cells.split(50)])
    optimizer = torch.optim.AdamW(tokenizer.refine.parameters(), lr=args.rate, weight_decay=0.01)
    first, spent = 0, 0.0
    if state:
        optimizer.load_state_dict(state["optimizer"])
        first, spent = state["step"], state["spent"]
        torch.manual_seed(args.seed * 1000003 + first)
        print(f"goes on from step {first}", flush=True)
    refining = time.time() - spent
    with open(out / "tokenizer-log.jsonl", "a") as log:
        for step in range(first, args.steps):
            share = max((step + 1) / args.steps, (time.time() - refining) / 60 / args.minutes)
            if share > 1:
                break
            optimizer.param_groups[0]["lr"] = args.rate * min(1, (step + 1) / 50) * (1 - share**2)
            clip = torch.randint(len(cells), (args.batch,))
            frame = torch.randint(13, (args.batch,))
            now = codes[clip, frame].to(args.device)
            before = torch.where(frame.unsqueeze(1) > 0, codes[clip, (frame - 1).clamp(min=0)], torch.tensor(-1))
            true = cells[clip, frame].to(args.device)
            weight = 1 + 3 * bright(true).unsqueeze(-1)
            with torch.autocast(args.device, dtype=torch.bfloat16, enabled=args.half):
                drawn = tokenizer.patches(now, before.to(args.device))
            loss = (weight * (drawn - true).square()).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tokenizer.refine.parameters(), 1.0)
            optimizer.step()
            if (step + 1) % 100 == 0:
                quality = held_out_psnr(tokenizer, held_out, held_codes)
                entry = {"step": step + 1, "loss": loss.item(), "psnr": quality, "codebook_psnr": plain}
                entry["seconds"] = round(time.time() - started)
                log.write(json.dumps(entry) + "\n")
                log.flush()
                print(entry, flush=True)
                save(out, tokenizer, optimizer, step + 1, time.time() - refining)
    tokenizer.save(out)


def save(out, tokenizer, optimizer, step, spent):
    state = {
        "codebook": tokenizer.codebook,
        "refine": tokenizer.refine.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "spent": spent,
    }
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / "state.pt")


def tokenizer_codes(tokenizer, cells):
    return nearest(cells.reshape(-1, PATCH), tokenizer.codebook).reshape(cells.shape[:3])


@torch.no_grad()
def held_out_psnr(tokenizer, cells, codes):
    before = torch.cat([torch.full_like(codes[:, :1], -1), codes[:, :-1]], 1)
    decoded = [tokenizer.patches(now, last) for now, last in zip(codes, before)]
    return psnr(cells, torch.stack(decoded))


if __name__ == "__main__":
    main()
