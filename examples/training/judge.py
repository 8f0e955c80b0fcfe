"""Finds the object in pictures alone: colour, shape, size, place in every picture, direction at the start."""
import numpy as np

COLOURS = {
    "red": (235, 40, 40), "green": (40, 200, 60), "blue": (60, 90, 255), "yellow": (250, 225, 50),
    "orange": (250, 135, 20), "purple": (175, 60, 230), "cyan": (50, 215, 230), "white": (245, 245, 245),
}
RADII = {"small": 8, "large": 12}
SHAPES = ("circle", "square", "triangle")
NAMES = {(0, -1): "up", (0, 1): "down", (-1, 0): "left", (1, 0): "right",
         (-1, -1): "up left", (1, -1): "up right", (-1, 1): "down left", (1, 1): "down right"}
BRIGHT, LEAST_AREA, STILL, LOOK = 130, 40, 6, 12
REACH = 3


def template(shape, radius):
    """Coverage of the pixels around a centre that lies between pixels, on a 32 x 32 grid."""
    dx, dy = np.meshgrid(np.arange(32) - 15.5, np.arange(32) - 15.5)
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
    padded = np.pad(bright.astype(np.float32), 32)
    x, y = int(round((xs.min() + xs.max() + 1) / 2)), int(round((ys.min() + ys.max() + 1) / 2))
    mx, my = int(round(xs.mean() + 0.5)), int(round(ys.mean() + 0.5))
    centres = {(cx + dx, cy + dy) for cx, cy in ((x, y), (mx, my)) for dx in range(-REACH, REACH + 1)
               for dy in range(-REACH, REACH + 1)}
    found = {}
    for kind, drawn in TEMPLATES.items():
        best = (0.0, x, y)
        for cx, cy in centres:
            window = padded[cy + 16 : cy + 48, cx + 16 : cx + 48]
            if window.shape != (32, 32):
                continue
            both = (window * drawn).sum()
            share = both / (bright.sum() + drawn.sum() - both)
            if share > best[0]:
                best = (share, cx, cy)
        found[kind] = best
    return found


def judge(pictures):
    """uint8 [P, 64, 64, 3] -> dict of colour, shape, size, direction, places (None where absent)."""
    bright = pictures.max(-1) >= BRIGHT
    present = bright.sum((1, 2)) >= LEAST_AREA
    pixels = pictures[bright & (pictures.max(-1) >= 170)]
    if not present.any() or not len(pixels):
        return {"colour": None, "shape": None, "size": None, "direction": None, "places": [None] * len(pictures)}
    names = list(COLOURS)
    distance = ((pixels[:, None].astype(np.float32) - np.array([COLOURS[n] for n in names])) ** 2).sum(-1)
    colour = names[np.bincount(distance.argmin(1), minlength=len(names)).argmax()]
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
    if places[0] is None or places[LOOK] is None:
        return None
    moved = (places[LOOK][0] - places[0][0], places[LOOK][1] - places[0][1])
    return NAMES.get(tuple(int(np.sign(m)) if abs(m) > STILL else 0 for m in moved))
