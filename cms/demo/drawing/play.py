"""Stage, table, pitch and swim."""

import math

from cms.demo.drawing.kit import (
    AMBER,
    BRICK,
    CORAL,
    FOAM,
    INK,
    LEAF,
    MUSTARD,
    NAVY,
    PAPER,
    PLUM,
    ROSE,
    SAND,
    TEAL,
    Canvas,
    Point,
    smooth,
    wave,
)
from cms.demo.drawing.parts import stars
from cms.demo.drawing.town import SKINS


def floodlights() -> Canvas:
    c = Canvas(31)
    c.sky([(0, "#0c1730"), (420, "#223d63"), (600, "#4d6f86")], bottom=640)
    stars(c, 90, 380)
    for x in range(-20, 1620, 70):
        tall = 34 + 50 * abs(math.sin(x * 0.013)) + c.rng.uniform(0, 26)
        c.quick_rect(x, 600 - tall, 72, tall + 40, "#16294a")
        if c.rng.random() < 0.7:
            c.quick_rect(x + 20, 620 - tall, 9, 12, MUSTARD)
    for x, lean in ((140, 1), (1460, -1), (470, 1), (1130, -1)):
        near = x in (140, 1460)
        head = (x + lean * 16, 150 if near else 300)
        c.fade(c.poly_mask([(head[0] - 60, head[1]), (head[0] + 60, head[1]), (800 + lean * 560, 960),
            (800 - lean * 420, 960)]), "#e9f2d2", 180, 0.34)
    c.shade(c.rect(330, 520, 940, 110, "#101c33"), PLUM, 0, 0.5)
    c.shade(c.poly([(280, 524), (360, 444), (1240, 444), (1320, 524)], CORAL), INK, 0, 0.6)
    for row in range(4):
        for i in range(74):
            if c.rng.random() < 0.86:
                c.dot(346 + i * 12.4 + row % 2 * 6, 546 + row * 20, 5.5, c.rng.choice((CORAL, PAPER, SAND,
                    ROSE, "#5f3d2e", "#8fa9b0", MUSTARD)), 6.5)
    c.sky([(628, "#5f9a5a"), (1067, "#1f5a48")], top=628)
    for i in range(12):
        a, b = -700 + i * 250, -700 + i * 250 + 125
        c.tint(c.poly_mask([(800 + (a - 800) * 0.55, 628), (800 + (b - 800) * 0.55, 628),
            (800 + (b - 800) * 1.3, 1080), (800 + (a - 800) * 1.3, 1080)]), "#bcd88a", 0.22)
    for points in ([(-60, 700), (1660, 700)], [(800, 700), (800, 1080)]):
        c.line(points, "#f3f5e4", 5)
    ring = [(800 + 260 * math.cos(t / 30 * math.pi), 880 + 78 * math.sin(t / 30 * math.pi))
        for t in range(61)]
    c.line(ring, "#f3f5e4", 6)
    for x in (140, 1460, 470, 1130):
        _pylon(c, x, 700 if x in (140, 1460) else 600, x in (140, 1460))
    for i, (x, y, k) in enumerate(((430, 900, 1.1), (640, 800, 0.85), (930, 930, 1.15), (1120, 800, 0.85),
        (1260, 960, 1.25), (250, 800, 0.85))):
        _player(c, x, y, 150 * k, CORAL if i % 2 else PAPER, i)
    c.disc(850, 968, 13, PAPER)
    return c


def _pylon(c: Canvas, x: float, foot: float, near: bool) -> None:
    top, k = (150, 1.0) if near else (300, 0.6)
    for side in (-1, 1):
        c.line([(x + side * 34 * k, foot), (x + side * 12 * k, top)], INK, 8 * k)
    for i in range(9):
        y0, y1 = foot + (top - foot) * i / 9, foot + (top - foot) * (i + 1) / 9
        w = (34 - 22 * i / 9) * k
        c.line([(x - w, y0), (x + w, y1)], INK, 3.4 * k)
        c.line([(x + w, y0), (x - w, y1)], INK, 3.4 * k)
    c.rect(x - 76 * k, top - 70 * k, 152 * k, 84 * k, INK, 6)
    c.glow(x, top - 28 * k, 240 * k, "#fffbe0", 0.85)
    for row in range(3):
        for col in range(5):
            c.disc(x - 56 * k + col * 28 * k, top - 52 * k + row * 24 * k, 10.5 * k, "#fffef2")


def _player(c: Canvas, x: float, foot: float, tall: float, shirt: str, i: int) -> None:
    skin, lean = SKINS[i % 6], (0.1, -0.08, 0.14)[i % 3] * tall
    c.fade(c.ellipse_mask(x + 40, foot + 2, tall * 0.6, tall * 0.06), INK, 270, 0.6)
    hip = (x, foot - tall * 0.46)
    stride = (0.26, 0.16, 0.3)[i % 3] * tall
    for side, knee in ((-1, 0.1), (1, -0.02)):
        joint = (x + side * stride * 0.6, foot - tall * (0.26 + knee * 0.3))
        c.line([hip, joint], INK, tall * 0.1)
        c.line([joint, (x + side * stride, foot - tall * max(0, knee))], skin, tall * 0.062)
        c.line([(x + side * stride, foot - tall * max(0, knee) - 12), (x + side * stride, foot - tall * max(0,
            knee))], shirt, tall * 0.07)
    shoulder = (x + lean, foot - tall * 0.8)
    c.line([hip, shoulder], shirt, tall * 0.19)
    for side in (-1, 1):
        elbow = (shoulder[0] + side * tall * 0.17, shoulder[1] + tall * 0.14)
        c.line([shoulder, elbow], shirt, tall * 0.075)
        c.line([elbow, (elbow[0] + side * tall * 0.02 + lean, elbow[1] + tall * 0.12)], skin, tall * 0.055)
    c.dot(shoulder[0] + lean * 0.3, shoulder[1] - tall * 0.12, tall * 0.075, skin, tall * 0.085)
    c.dot(shoulder[0] + lean * 0.2, shoulder[1] - tall * 0.15, tall * 0.075, INK if i % 3 else "#8c4a3c",
        tall * 0.06)


def chowder() -> Canvas:
    c = Canvas(33, TEAL)
    c.shade(c.rect(0, 0, 1600, 1067, "#2d6f78"), NAVY, 45, 0.6)
    for i in range(-6, 26):
        c.tint(c.poly_mask([(i * 90, -5), (i * 90 + 14, -5), (i * 90 + 14, 1075), (i * 90, 1075)]), FOAM,
            0.16)
        c.tint(c.poly_mask([(-5, i * 90), (1605, i * 90), (1605, i * 90 + 14), (-5, i * 90 + 14)]), FOAM,
            0.16)
    c.fade(c.ellipse_mask(790, 560, 440, 430), INK, 315, 0.75)
    c.shade(c.disc(760, 530, 410, PAPER), SAND, 45, 0.9)
    c.shade(c.disc(760, 530, 392, "#fbf4e4"), SAND, 225, 0.5)
    c.shade(c.disc(760, 530, 330, "#c9b28a"), BRICK, 225, 0.4)
    c.shade(c.disc(760, 530, 318, "#f6e2b0"), AMBER, 45, 0.5)
    for _ in range(48):
        x, y = _inside(c, 760, 530, 285)
        c.shade(c.rect(x - 24, y - 18, c.rng.uniform(34, 56), c.rng.uniform(28, 44), "#f4d488", 10), AMBER,
            45, 0.6)
    for _ in range(20):
        x, y = _inside(c, 760, 530, 255)
        flake = [(x - 56, y), (x - 20, y - 30), (x + 36, y - 22), (x + 60, y + 8), (x + 10, y + 30)]
        c.shade(c.blob(flake, "#fdf3df"), ROSE, 45, 0.6)
        for k in range(3):
            c.line([(x - 26 + k * 24, y - 16), (x - 16 + k * 24, y + 16)], "#edd2b4", 3)
    for _ in range(130):
        x, y = _inside(c, 760, 530, 300)
        c.dot(x, y, 10, MUSTARD, 8)
        c.dot(x - 2, y - 2, 4, "#fbdf8e", 3)
    for _ in range(34):
        x, y = _inside(c, 760, 530, 280)
        c.arc(x, y, c.rng.uniform(10, 17), 0, 300, "#6f9c5a", 4)
    for ox, oy, turn in ((770, 520, 0.4), (640, 600, 2.1), (880, 420, 4.2)):
        _dill(c, ox, oy, turn)
    for _ in range(70):
        x, y = _inside(c, 760, 530, 290)
        c.dot(x, y, c.rng.uniform(1.6, 3.4), "#4a3328")
    _spoon_and_bread(c)
    return c


def _inside(c: Canvas, x: float, y: float, r: float) -> Point:
    angle, far = c.rng.uniform(0, 2 * math.pi), r * math.sqrt(c.rng.random())
    return x + far * math.cos(angle), y + far * math.sin(angle)


def _dill(c: Canvas, x: float, y: float, turn: float) -> None:
    for k in range(11):
        t = k / 10
        px, py = x + 130 * t * math.cos(turn), y + 130 * t * math.sin(turn)
        for side in (-1, 1):
            a = turn + side * 0.9
            reach = 44 * (1.1 - t)
            c.line([(px, py), (px + reach * math.cos(a), py + reach * math.sin(a))], LEAF, 4)
    c.line([(x, y), (x + 135 * math.cos(turn), y + 135 * math.sin(turn))], LEAF, 5)


def _spoon_and_bread(c: Canvas) -> None:
    c.fade(c.poly_mask([(1270, 130), (1310, 130), (1340, 900), (1290, 900)]), INK, 90, 0.5)
    c.shade(c.rect(1262, 330, 28, 600, "#d9d3c0", 14), NAVY, 90, 0.6)
    c.shade(c.ellipse(1276, 240, 72, 116, "#e8e2d0"), NAVY, 90, 0.6)
    c.shade(c.ellipse(1276, 244, 54, 94, "#c4c2b8"), NAVY, 270, 0.7)
    for x, y, k in ((1420, 800, 1.0), (170, 190, 1.15)):
        crust = [(x - 170 * k, y + 20 * k), (x - 130 * k, y - 110 * k), (x, y - 150 * k),
            (x + 140 * k, y - 110 * k), (x + 170 * k, y + 30 * k), (x + 90 * k, y + 130 * k),
            (x - 100 * k, y + 130 * k)]
        c.shade(c.blob(crust, "#a9632f"), PLUM, 45, 0.7)
        crumb = [(px + (x - px) * 0.14, py + (y - py) * 0.14) for px, py in crust]
        c.shade(c.blob(crumb, "#f3d7a0"), AMBER, 45, 0.6)
        for _ in range(46):
            px, py = _inside(c, x, y, 108 * k)
            c.dot(px, py, c.rng.uniform(3, 9), "#dcb377", c.rng.uniform(2, 6))


def sea_swimmers() -> Canvas:
    c = Canvas(34)
    c.sky([(0, "#6fc0b2"), (500, "#3c9a9b"), (1067, "#1f6a7c")])
    for i in range(15):
        y = 20 + i * 76
        c.tint(c.poly_mask([*wave(-10, 1610, y, 20, 520, i * 1.3), *reversed(wave(-10, 1610, y + 32, 24, 460,
            i * 1.1 + 0.7))]), "#a9e0cd", 0.28)
    for x, y, r in ((1420, 960, 320), (1600, 780, 220), (1120, 1090, 180)):
        c.shade(c.blob([(x + r * math.cos(a) * (0.8 + 0.25 * math.sin(a * 3 + x)), y + r * 0.8 * math.sin(a))
            for a in (k * math.pi / 5 for k in range(10))], "#3a3f52"), "#8a8f92", 180, 0.7)
    for i, (x, y, turn) in enumerate(((330, 250, 0.5), (640, 180, 0.42), (520, 470, 0.55), (900, 380, 0.45),
        (820, 690, 0.6), (1200, 330, 0.35), (300, 740, 0.5), (1090, 620, 0.52))):
        _swimmer(c, x, y, turn, (CORAL, MUSTARD, PAPER, ROSE, PLUM, AMBER, CORAL, MUSTARD)[i], i)
    return c


def _swimmer(c: Canvas, x: float, y: float, turn: float, cap: str, i: int) -> None:
    cos, sin = math.cos(turn), math.sin(turn)

    def at(a: float, b: float) -> Point:
        return x + a * cos - b * sin, y + a * sin + b * cos

    for k in range(3):
        c.line(smooth([at(-150 - k * 34, -34 - k * 16), at(-190 - k * 40, 0), at(-150 - k * 34,
            34 + k * 16)]), "#e8f6ea", 6 - k * 1.6)
    skin, suit = SKINS[i % 6], (NAVY, PLUM, BRICK, INK)[i % 4]
    for side in (-1, 1):
        c.line([at(-60, side * 12), at(-140, side * (18 if side == 1 else 30))], skin, 17)
    c.shade(c.poly(smooth([at(-80, 0), at(-50, -26), at(26, -36), at(44, 0), at(26, 36), at(-50, 26)],
        closed=True), suit), FOAM, 180, 0.35)
    ahead = 1 if i % 2 else -1
    c.line(smooth([at(28, ahead * 28), at(70, ahead * 58), at(124, ahead * 34)]), skin, 16)
    c.line(smooth([at(20, -ahead * 30), at(-26, -ahead * 76), at(-74, -ahead * 60)]), skin, 16)
    c.dot(*at(58, 0), 24, skin)
    c.shade(c.disc(*at(64, 0), 25, cap), INK, 0, 0.4)
    c.line(smooth([at(128, ahead * 14), at(150, ahead * 36), at(136, ahead * 62)]), "#f4faf0", 6)
    c.line(smooth([at(96, -22), at(110, 0), at(96, 22)]), "#f4faf0", 5)


PICTURES = {
    "floodlights": floodlights,
    "chowder": chowder,
    "sea-swimmers": sea_swimmers,
}
