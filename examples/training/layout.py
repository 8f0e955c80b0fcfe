"""The token sequence of Lumos-1 for the demo: ids, prompt, frames, positions, history pattern."""
import torch

from world import SIDE

BOS, PAD, EOS, UNK, FIRST_WORD = 0, 1, 2, 3, 4
SEP, NEW_LINE, MASK = 64, 65, 66
VIDEO_START, VIDEO_END, IMAGE_START, IMAGE_END = 67, 68, 69, 70
NUMBER = 72
CODE = 128

ROWS = COLS = SIDE // 8
CONTENT = ROWS * (COLS + 1)
FRAME = CONTENT + 4
DURATION, RATE, GRIDS = 4, 12, SIDE // 32

# Offsets of the codes inside a frame: 64 of 76 tokens where pictures have 64 pixels on a side, 256 of 276 at 128.
CODES_AT = torch.tensor([3 + r * (COLS + 1) + c for r in range(ROWS) for c in range(COLS)])


def guided_prefix(words):
    """Ids before the first frame; words are ids of caption words."""
    return [BOS, *words, SEP, *unguided_prefix()]


def unguided_prefix():
    return [VIDEO_START, NUMBER + DURATION, NUMBER + RATE]


def frame_ids(codes):
    """Codes [..., CELLS], -1 where masked -> ids [..., FRAME]."""
    ids = torch.full((*codes.shape[:-1], FRAME), NEW_LINE, dtype=torch.long, device=codes.device)
    ids[..., 0] = IMAGE_START
    ids[..., 1:3] = NUMBER + GRIDS
    ids[..., -1] = IMAGE_END
    ids[..., CODES_AT.to(codes.device)] = torch.where(codes < 0, MASK, codes + CODE)
    return ids


def prefix_positions(length):
    """Positions [length, 3] (time, row, column) of the tokens before the first frame."""
    return torch.arange(length).unsqueeze(1).expand(-1, 3)


def frame_positions(prefix, frame):
    """Positions [FRAME, 3] of a frame: markers count on, content moves by 4 a frame and 8 a cell."""
    positions = (prefix + frame * FRAME + torch.arange(FRAME)).unsqueeze(1).repeat(1, 3)
    first = prefix + 3
    cell = torch.arange(CONTENT)
    positions[3:-1, 0] = first + 4 * frame
    positions[3:-1, 1] = first + 8 * (cell // (COLS + 1))
    positions[3:-1, 2] = first + 8 * (cell % (COLS + 1))
    return positions


def history_pattern(ratio):
    """Offsets inside a frame of the content tokens that stored history replaces by MASK."""
    count = round(ratio * CONTENT)
    return torch.tensor([3 + round(i * CONTENT / count) for i in range(count)], dtype=torch.long)
