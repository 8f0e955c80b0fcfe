"""Finds the object in pictures alone: colour, shape, size, place in every picture, direction at the start."""
import numpy as np

from world import SIDE

COLOURS = {
    "red": (235, 40, 40), "green": (40, 200, 60), "blue": (60, 90, 255), "yellow": (250, 225, 50),
    "orange": (250, 135, 20), "purple": (175, 60, 230), "cyan": (50, 215, 230), "white": (245, 245, 245),
}
RADII = {"small": 8, "large": 12} if SIDE == 64 else {"small": 12, "large": 20}
HALF = RADII["large"] + 4
SHAPES = ("circle", "square", "triangle")
NAMES = {(0, -1): "up", (0, 1): "down", (-1, 0): "left", (1, 0): "right",
         (-1, -1): "up left", (1, -1): "up right", (-1, 1): "down left", (1, 1): "down right"}
BRIGHT, LEAST_AREA, STILL, LOOK = 130, RADII["small"] ** 2 * 5 // 8, 6, 12
REACH = 3


def template(shape, radius):
    """Coverage of the pixels around a centre that lies between pixels, HALF of them on each side."""
    dx, dy = np.meshgrid(np.arange(2 * HALF) - HALF + 0.5, np.arange(2 * HALF) - HALF + 0.5)
    depth = {
        "circle": radius - np.hypot(dx, dy),
        "square": 0.9 * radius - np.maximum(abs(dx), abs(dy)),
        "triangle": np.minimum(radius - dy, (dy + radius - 2 * abs(dx)) / 5**0.5),
    }[shape]
    return np.clip(depth + 0.5, 0, 1)


TEMPLATES = {(shape, size): template(shape, radius) for shape in SHAPES for size, radius in RADII.items()}


def fits(bright):
    """How well every template fits one picture: {(shape, size): (overlap over union, x, y)}."""
    ys, xs = np.nonzero(bright)
    padded = np.pad(bright.astype(np.float32), 2 * HALF)
    x, y = int(round((xs.min() + xs.max() + 1) / 2)), int(round((ys.min() + ys.max() + 1) / 2))
    mx, my = int(round(xs.mean() + 0.5)), int(round(ys.mean() + 0.5))
    centres = {(cx + dx, cy + dy) for cx, cy in ((x, y), (mx, my)) for dx in range(-REACH, REACH + 1)
               for dy in range(-REACH, REACH + 1)}
    found = {}
    for kind, drawn in TEMPLATES.items():
        best = (0.0, x, y)
        for cx, cy in centres:
            window = padded[cy + HALF : cy + 3 * HALF, cx + HALF : cx + 3 * HALF]
            if window.shape != (2 * HALF, 2 * HALF):
                continue
            both = (window * drawn).sum()
            share = both / (bright.sum() + drawn.sum() - both)
            if share > best[0]:
                best = (share, cx, cy)
        found[kind] = best
    return found


def nearest_colour(pixels):
    """Index into COLOURS of the colour nearest to each of the pixels [N, 3]."""
    return ((pixels[:, None].astype(np.float32) - np.array(list(COLOURS.values()))) ** 2).sum(-1).argmin(1)


def judge(pictures, among=None):
    """uint8 [P, SIDE, SIDE, 3] -> dict of colour, shape, size, direction, places (None where absent).

    Where several objects may be seen, `among` names the colour of the one that is meant.
    """
    bright = pictures.max(-1) >= BRIGHT
    if among is not None:
        bright[bright] = nearest_colour(pictures[bright]) == list(COLOURS).index(among)
    present = bright.sum((1, 2)) >= LEAST_AREA
    pixels = pictures[bright & (pictures.max(-1) >= 170)]
    if not present.any() or not len(pixels):
        return {"colour": None, "shape": None, "size": None, "direction": None, "places": [None] * len(pictures)}
    colour = list(COLOURS)[np.bincount(nearest_colour(pixels), minlength=len(COLOURS)).argmax()]
    scores = dict.fromkeys(TEMPLATES, 0.0)
    places = [None] * len(pictures)
    for index in range(0, len(pictures), 4):
        if present[index]:
            found = fits(bright[index])
            for kind in scores:
                scores[kind] += found[kind][0]
    kind = max(scores, key=scores.get)
    for index in np.nonzero(present)[0]:
        ys, xs = np.nonzero(bright[index])
        drop = RADII[kind[1]] / 3 if kind[0] == "triangle" else 0
        places[index] = (xs.mean() + 0.5, ys.mean() + 0.5 - drop)
    return {"colour": colour, "shape": kind[0], "size": kind[1], "direction": direction(places), "places": places}


def direction(places):
    if len(places) <= LOOK or places[0] is None or places[LOOK] is None:
        return None
    moved = (places[LOOK][0] - places[0][0], places[LOOK][1] - places[0][1])
    return NAMES.get(tuple(int(np.sign(m)) if abs(m) > STILL else 0 for m in moved))
