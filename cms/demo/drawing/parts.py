"""Things that several pictures share: birds, hills, water, cranes, boats, people."""

import math

from cms.demo.drawing.kit import CORAL, INK, PAPER, Canvas, Point, mix, smooth, wave


def gull(c: Canvas, x: float, y: float, span: float, colour: str = PAPER) -> None:
    lift, half = span * 0.3, span / 2
    top = smooth([(x - half, y - lift * 0.2), (x - half * 0.5, y - lift), (x, y)], steps=8)
    top += smooth([(x, y), (x + half * 0.5, y - lift), (x + half, y - lift * 0.3)], steps=8)
    under = [(px, py + span * 0.09 * (1 - abs(px - x) / half)) for px, py in reversed(top)]
    c.quick(top + under, colour)


def hills(c: Canvas, base: float, top: float, colour: str, shade: str, strength: float = 0.5) -> None:
    """A ridge across the whole picture whose crest rises to about `top`."""
    points: list[Point] = [(-20, base)]
    a, b = c.rng.uniform(0, 6), c.rng.uniform(0, 6)
    for x in range(-20, c.width + 41, 20):
        rise = 0.55 + 0.3 * math.sin(x / 310 + a) + 0.15 * math.sin(x / 117 + b)
        points.append((x, base - (base - top) * rise))
    points.append((c.width + 20, base))
    c.shade(c.poly(points, colour), shade, 0, strength)


def cloud(c: Canvas, x: float, y: float, w: float, colour: str, thick: float = 22) -> None:
    """A flat cloud of stacked bars."""
    for row in range(3):
        width = w * (1 - 0.24 * row) * c.rng.uniform(0.8, 1.05)
        left = x + (w - width) * c.rng.uniform(0.2, 0.8)
        c.rect(left, y - row * thick * 0.94, width, thick, colour, thick / 2)


def ripples(
    c: Canvas, y0: float, y1: float, colour: str, count: int, x0: float = 0, x1: float | None = None
) -> None:
    """Flat dashes on water, longer and thicker towards the viewer."""
    right = c.width if x1 is None else x1
    for _ in range(count):
        depth = c.rng.random()
        y = y0 + (y1 - y0) * depth
        length, thick = 24 + 120 * depth * c.rng.random(), 1.6 + 4 * depth
        x = c.rng.uniform(x0, right)
        c.quick(_lens(x, y, length, thick), colour)


def path_of_light(c: Canvas, x: float, y0: float, y1: float, width: float, colour: str) -> None:
    """The sun's or a lamp's broken reflection, widening towards the viewer."""
    y = y0
    while y < y1:
        part = (y - y0) / (y1 - y0)
        half = width * (0.35 + 0.65 * part) * c.rng.uniform(0.45, 1)
        shift = c.rng.uniform(-0.2, 0.2) * width
        c.quick(_lens(x + shift, y, half * 2, 3 + 6 * part), colour)
        y += 9 + 13 * part


def _lens(x: float, y: float, length: float, thick: float) -> list[Point]:
    half = length / 2
    upper = [(x + half * t, y - thick / 2 * (1 - t * t)) for t in (-1, -0.6, 0, 0.6, 1)]
    return upper + [(px, 2 * y - py) for px, py in reversed(upper)]


def stars(c: Canvas, count: int, bottom: float, colour: str = PAPER) -> None:
    for _ in range(count):
        size = c.rng.choice((0.9, 1.1, 1.4, 2.2))
        c.dot(c.rng.uniform(0, c.width), bottom * c.rng.random() ** 1.3, size, colour)


def rain(c: Canvas, count: int, colour: str, slope: float = 0.28, top: float = 0) -> None:
    for _ in range(count):
        x, y = c.rng.uniform(-100, c.width + 300), c.rng.uniform(top, c.height)
        length = c.rng.uniform(26, 78)
        c.line([(x, y), (x - slope * length, y + length)], colour, c.rng.choice((1, 1, 1.5)))


def sea(c: Canvas, top: float, colours: list[str], height: float = 7) -> None:
    """Bands of water, each with its own swell, the last nearest."""
    step = (c.height - top) / len(colours)
    for row, colour in enumerate(colours):
        y = top + step * row
        swell = wave(-10, c.width + 10, y, 0 if row == 0 else height * (0.4 + row / 3), 260 + 130 * row,
            row * 2.1)
        mask = c.poly([*swell, (c.width + 10, c.height + 5), (-10, c.height + 5)], colour)
        c.shade(mask, mix(colour, INK, 0.35), 0, 0.35)


def crane(c: Canvas, x: float, base: float, size: float, facing: int, colour: str,
    jib: float = 0.62) -> Point:
    """A level-luffing dock crane in silhouette on its portal; returns the tip of the jib."""
    w = size * 0.22

    def bar(points: list[Point], width: float) -> None:
        c.line(points, colour, width * size)

    deck = base - size * 0.34
    for side in (-1, 1):
        bar([(x + side * w * 0.62, base), (x + side * w * 0.42, deck)], 0.016)
        bar([(x + side * w * 0.62, base), (x - side * w * 0.1, deck)], 0.007)
    bar([(x - w * 0.58, base - size * 0.1), (x + w * 0.58, base - size * 0.1)], 0.009)
    c.rect(x - w * 0.55, deck - size * 0.03, w * 1.1, size * 0.035, colour)
    cab = x - facing * w * 0.14
    c.rect(cab - w * 0.42, deck - size * 0.2, w * 0.84, size * 0.18, colour, 3)
    c.quick_rect(cab + facing * w * 0.2 - w * 0.09, deck - size * 0.155, w * 0.18, size * 0.055, CORAL)
    head = (cab - facing * w * 0.12, deck - size * 0.52)
    bar([(cab - facing * w * 0.36, deck - size * 0.18), head], 0.015)
    bar([(cab + facing * w * 0.24, deck - size * 0.18), head], 0.01)
    foot = (cab + facing * w * 0.36, deck - size * 0.14)
    tip = (foot[0] + facing * size * jib, foot[1] - size * 0.56)
    knee = (foot[0] + facing * size * jib * 0.45, foot[1] - size * 0.19)
    bar([foot, tip], 0.016)
    bar([(foot[0] - facing * w * 0.1, foot[1] - size * 0.07), knee, tip], 0.008)
    for i in range(1, 9):
        t = i / 9
        low = (foot[0] + (tip[0] - foot[0]) * t, foot[1] + (tip[1] - foot[1]) * t)
        bar([low, (low[0] - facing * size * 0.012, low[1] - size * 0.05 * (1 - t))], 0.005)
    bar([head, tip], 0.006)
    rear = (head[0] - facing * w * 0.75, head[1] + size * 0.1)
    bar([head, rear], 0.014)
    c.rect(rear[0] - w * 0.16, rear[1] - size * 0.02, w * 0.32, size * 0.08, colour, 2)
    return tip


def figure(c: Canvas, x: float, foot: float, tall: float, coat: str, skin: str, lean: float = 0) -> None:
    """A standing person of simple shapes, seen from any side."""
    r, shoulder = tall * 0.085, foot - tall * 0.76
    c.quick([(x - tall * 0.09, foot), (x - tall * 0.1, foot - tall * 0.42), (x, foot - tall * 0.42),
        (x - 1, foot)], INK)
    c.quick([(x + tall * 0.09, foot), (x + tall * 0.1, foot - tall * 0.42), (x, foot - tall * 0.42),
        (x + 1, foot)], INK)
    body = smooth(
        [
            (x - tall * 0.13, foot - tall * 0.34),
            (x - tall * 0.15 + lean * 0.6, foot - tall * 0.62),
            (x - tall * 0.1 + lean, shoulder),
            (x + tall * 0.1 + lean, shoulder),
            (x + tall * 0.15 + lean * 0.6, foot - tall * 0.62),
            (x + tall * 0.13, foot - tall * 0.34),
        ],
        closed=True,
    )
    mask = c.poly(body, coat)
    c.shade(mask, mix(coat, INK, 0.6), 90, 0.5)
    hair = (INK, "#6b3a2a", "#d9d2c4", "#8c4a3c")[round(x + foot) % 4]
    c.dot(x + lean * 1.2, shoulder - r * 1.45, r * 1.12, hair, r * 1.15)
    c.dot(x + lean * 1.2, shoulder - r * 1.05, r * 0.92, skin, r)
