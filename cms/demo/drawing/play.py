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
    SEA,
    TEAL,
    Canvas,
    Point,
    mix,
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
        c.fade(c.poly_mask([(head[0] - 60, head[1]), (head[0] + 60, head[1]), (800 + lean * 560, 960), (800 - lean * 420, 960)]), "#e9f2d2", 180, 0.34)
    c.shade(c.rect(330, 520, 940, 110, "#101c33"), PLUM, 0, 0.5)
    c.shade(c.poly([(280, 524), (360, 444), (1240, 444), (1320, 524)], CORAL), INK, 0, 0.6)
    for row in range(4):
        for i in range(74):
            if c.rng.random() < 0.86:
                c.dot(346 + i * 12.4 + row % 2 * 6, 546 + row * 20, 5.5, c.rng.choice((CORAL, PAPER, SAND, ROSE, "#5f3d2e", "#8fa9b0", MUSTARD)), 6.5)
    c.sky([(628, "#5f9a5a"), (1067, "#1f5a48")], top=628)
    for i in range(12):
        a, b = -700 + i * 250, -700 + i * 250 + 125
        c.tint(c.poly_mask([(800 + (a - 800) * 0.55, 628), (800 + (b - 800) * 0.55, 628), (800 + (b - 800) * 1.3, 1080), (800 + (a - 800) * 1.3, 1080)]), "#bcd88a", 0.22)
    for points in ([(-60, 700), (1660, 700)], [(800, 700), (800, 1080)]):
        c.line(points, "#f3f5e4", 5)
    ring = [(800 + 260 * math.cos(t / 30 * math.pi), 880 + 78 * math.sin(t / 30 * math.pi)) for t in range(61)]
    c.line(ring, "#f3f5e4", 6)
    for x in (140, 1460, 470, 1130):
        _pylon(c, x, 700 if x in (140, 1460) else 600, x in (140, 1460))
    for i, (x, y, k) in enumerate(((430, 900, 1.1), (640, 800, 0.85), (930, 930, 1.15), (1120, 800, 0.85), (1260, 960, 1.25), (250, 800, 0.85))):
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
        c.line([(x + side * stride, foot - tall * max(0, knee) - 12), (x + side * stride, foot - tall * max(0, knee))], shirt, tall * 0.07)
    shoulder = (x + lean, foot - tall * 0.8)
    c.line([hip, shoulder], shirt, tall * 0.19)
    for side in (-1, 1):
        elbow = (shoulder[0] + side * tall * 0.17, shoulder[1] + tall * 0.14)
        c.line([shoulder, elbow], shirt, tall * 0.075)
        c.line([elbow, (elbow[0] + side * tall * 0.02 + lean, elbow[1] + tall * 0.12)], skin, tall * 0.055)
    c.dot(shoulder[0] + lean * 0.3, shoulder[1] - tall * 0.12, tall * 0.075, skin, tall * 0.085)
    c.dot(shoulder[0] + lean * 0.2, shoulder[1] - tall * 0.15, tall * 0.075, INK if i % 3 else "#8c4a3c", tall * 0.06)


def brass_band() -> Canvas:
    c = Canvas(32, "#f2d9a8")
    c.sky([(0, "#f6e3b6"), (1067, "#eebd7a")])
    for i in range(24):
        a, b = math.pi * i / 12, math.pi * (i + 0.5) / 12
        c.tint(c.poly_mask([(800, 520), (800 + 1400 * math.cos(a), 520 + 1400 * math.sin(a)), (800 + 1400 * math.cos(b), 520 + 1400 * math.sin(b))]), CORAL, 0.2)
    for i, (x, y, k) in enumerate(((190, 470, 0.8), (490, 430, 0.8), (800, 415, 0.8), (1110, 430, 0.8), (1410, 470, 0.8))):
        _bandsman(c, x, y, k, i, "cornet")
    for i, (x, y, k) in enumerate(((330, 720, 1.12), (800, 690, 1.2), (1270, 720, 1.12))):
        _bandsman(c, x, y, k, i + 5, ("horn", "tuba", "horn")[i])
    for x in (60, 560, 1040, 1540):
        c.line([(x, 1080), (x, 930)], INK, 8)
        c.shade(c.poly([(x - 88, 930), (x + 88, 930), (x + 76, 840), (x - 76, 840)], INK), PLUM, 180, 0.6)
        c.quick([(x - 60, 916), (x - 4, 920), (x - 4, 852), (x - 56, 850)], PAPER)
        c.quick([(x + 60, 916), (x + 4, 920), (x + 4, 852), (x + 56, 850)], PAPER)
        for k in range(5):
            c.quick_rect(x - 52, 862 + k * 11, 44, 2, INK)
            c.quick_rect(x + 10, 862 + k * 11, 42, 2, INK)
    return c


def _bandsman(c: Canvas, x: float, y: float, k: float, i: int, plays: str) -> None:
    skin = SKINS[(i * 5 + 1) % 6]
    coat = c.poly(smooth([(x - 150 * k, y + 420 * k), (x - 138 * k, y + 160 * k), (x - 92 * k, y + 92 * k), (x, y + 74 * k), (x + 92 * k, y + 92 * k), (x + 138 * k, y + 160 * k), (x + 150 * k, y + 420 * k)]), PLUM)
    c.shade(coat, INK, 0, 0.75)
    c.rect(x - 26 * k, y + 40 * k, 52 * k, 60 * k, mix(skin, INK, 0.15), 10)
    c.poly([(x - 52 * k, y + 80 * k), (x, y + 150 * k), (x + 52 * k, y + 80 * k), (x, y + 98 * k)], MUSTARD)
    for row in range(3):
        c.disc(x, y + (190 + row * 56) * k, 8 * k, MUSTARD)
    for side in (-1, 1):
        c.shade(c.ellipse(x + side * 122 * k, y + 122 * k, 42 * k, 18 * k, MUSTARD), BRICK, 0, 0.7)
    c.shade(c.ellipse(x, y, 56 * k, 66 * k, skin), mix(skin, PLUM, 0.6), 90, 0.6)
    c.shade(c.poly(smooth([(x - 66 * k, y - 30 * k), (x - 60 * k, y - 78 * k), (x, y - 94 * k), (x + 60 * k, y - 78 * k), (x + 66 * k, y - 30 * k)]), PLUM), INK, 90, 0.6)
    c.rect(x - 64 * k, y - 46 * k, 128 * k, 16 * k, MUSTARD)
    c.poly(smooth([(x - 62 * k, y - 30 * k), (x, y - 22 * k), (x + 62 * k, y - 30 * k), (x, y - 6 * k)], closed=True), INK)
    for side in (-1, 1):
        c.dot(x + side * 22 * k, y + 6 * k, 5 * k, INK)
    if plays == "cornet":
        c.line([(x, y + 40 * k), (x, y + 120 * k)], MUSTARD, 13 * k)
        for dx in (-18, 0, 18):
            c.line([(x + dx * k, y + 62 * k), (x + dx * k, y + 128 * k)], AMBER, 9 * k)
        _bell(c, x, y + 150 * k, 62 * k, 50 * k)
        for side in (-1, 1):
            c.dot(x + side * 34 * k, y + 98 * k, 19 * k, skin)
        return
    big = plays == "tuba"
    r = (128 if big else 92) * k
    bx, by = x + (40 if big else -56) * k, y + (30 if big else 70) * k
    loop = [(x, y + 44 * k), (x - 74 * k, y + 130 * k), (x - 60 * k, y + 300 * k), (x + 50 * k, y + 320 * k), (bx + 20 * k, y + 220 * k), (bx, by)]
    c.line(smooth(loop), BRICK, 40 * k)
    c.line(smooth(loop), MUSTARD, 32 * k)
    for dx in (-30, -2, 26):
        c.line([(x + dx * k, y + 190 * k), (x + dx * k, y + 290 * k)], AMBER, 15 * k)
        c.dot(x + dx * k, y + 184 * k, 11 * k, PAPER, 6 * k)
    if big:
        bx, by = x + 190 * k, y - 20 * k
        c.line(smooth([(x + 50 * k, y + 320 * k), (x + 150 * k, y + 260 * k), (x + 185 * k, y + 120 * k), (bx, by + 20 * k)]), MUSTARD, 50 * k)
    else:
        bx, by = x + 170 * k, y + 50 * k
        c.line(smooth([(x + 50 * k, y + 320 * k), (x + 130 * k, y + 270 * k), (x + 160 * k, y + 170 * k), (bx, by + 10 * k)]), MUSTARD, 40 * k)
    _bell(c, bx, by, r, r * 0.72)
    for dx in (-52, 46):
        c.dot(x + dx * k, y + 240 * k, 27 * k, skin)


def _bell(c: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    c.shade(c.ellipse(x, y, rx, ry, MUSTARD), BRICK, 90, 0.75)
    c.shade(c.ellipse(x, y, rx * 0.82, ry * 0.8, "#b5662f"), PLUM, 180, 0.9)
    c.dot(x, y, rx * 0.3, PLUM, ry * 0.3)
    c.line(smooth([(x - rx * 0.86, y - ry * 0.2), (x - rx * 0.5, y - ry * 0.76), (x, y - ry * 0.9)]), "#ffeeb8", max(3, rx * 0.05))


def chowder() -> Canvas:
    c = Canvas(33, TEAL)
    c.shade(c.rect(0, 0, 1600, 1067, "#2d6f78"), NAVY, 45, 0.6)
    for i in range(-6, 26):
        c.tint(c.poly_mask([(i * 90, -5), (i * 90 + 14, -5), (i * 90 + 14, 1075), (i * 90, 1075)]), FOAM, 0.16)
        c.tint(c.poly_mask([(-5, i * 90), (1605, i * 90), (1605, i * 90 + 14), (-5, i * 90 + 14)]), FOAM, 0.16)
    c.fade(c.ellipse_mask(790, 560, 440, 430), INK, 315, 0.75)
    c.shade(c.disc(760, 530, 410, PAPER), SAND, 45, 0.9)
    c.shade(c.disc(760, 530, 392, "#fbf4e4"), SAND, 225, 0.5)
    c.shade(c.disc(760, 530, 330, "#c9b28a"), BRICK, 225, 0.4)
    c.shade(c.disc(760, 530, 318, "#f6e2b0"), AMBER, 45, 0.5)
    for _ in range(48):
        x, y = _inside(c, 760, 530, 285)
        c.shade(c.rect(x - 24, y - 18, c.rng.uniform(34, 56), c.rng.uniform(28, 44), "#f4d488", 10), AMBER, 45, 0.6)
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
        crust = [(x - 170 * k, y + 20 * k), (x - 130 * k, y - 110 * k), (x, y - 150 * k), (x + 140 * k, y - 110 * k), (x + 170 * k, y + 30 * k), (x + 90 * k, y + 130 * k), (x - 100 * k, y + 130 * k)]
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
        c.tint(c.poly_mask([*wave(-10, 1610, y, 20, 520, i * 1.3), *reversed(wave(-10, 1610, y + 32, 24, 460, i * 1.1 + 0.7))]), "#a9e0cd", 0.28)
    for x, y, r in ((1420, 960, 320), (1600, 780, 220), (1120, 1090, 180)):
        c.shade(c.blob([(x + r * math.cos(a) * (0.8 + 0.25 * math.sin(a * 3 + x)), y + r * 0.8 * math.sin(a)) for a in (k * math.pi / 5 for k in range(10))], "#3a3f52"), "#8a8f92", 180, 0.7)
    for i, (x, y, turn) in enumerate(((330, 250, 0.5), (640, 180, 0.42), (520, 470, 0.55), (900, 380, 0.45), (820, 690, 0.6), (1200, 330, 0.35), (300, 740, 0.5), (1090, 620, 0.52))):
        _swimmer(c, x, y, turn, (CORAL, MUSTARD, PAPER, ROSE, PLUM, AMBER, CORAL, MUSTARD)[i], i)
    return c


def _swimmer(c: Canvas, x: float, y: float, turn: float, cap: str, i: int) -> None:
    cos, sin = math.cos(turn), math.sin(turn)

    def at(a: float, b: float) -> Point:
        return x + a * cos - b * sin, y + a * sin + b * cos

    for k in range(3):
        c.line(smooth([at(-150 - k * 34, -34 - k * 16), at(-190 - k * 40, 0), at(-150 - k * 34, 34 + k * 16)]), "#e8f6ea", 6 - k * 1.6)
    skin, suit = SKINS[i % 6], (NAVY, PLUM, BRICK, INK)[i % 4]
    for side in (-1, 1):
        c.line([at(-60, side * 12), at(-140, side * (18 if side == 1 else 30))], skin, 17)
    c.shade(c.poly(smooth([at(-80, 0), at(-50, -26), at(26, -36), at(44, 0), at(26, 36), at(-50, 26)], closed=True), suit), FOAM, 180, 0.35)
    ahead = 1 if i % 2 else -1
    c.line(smooth([at(28, ahead * 28), at(70, ahead * 58), at(124, ahead * 34)]), skin, 16)
    c.line(smooth([at(20, -ahead * 30), at(-26, -ahead * 76), at(-74, -ahead * 60)]), skin, 16)
    c.dot(*at(58, 0), 24, skin)
    c.shade(c.disc(*at(64, 0), 25, cap), INK, 0, 0.4)
    c.line(smooth([at(128, ahead * 14), at(150, ahead * 36), at(136, ahead * 62)]), "#f4faf0", 6)
    c.line(smooth([at(96, -22), at(110, 0), at(96, 22)]), "#f4faf0", 5)


def theatre() -> Canvas:
    c = Canvas(35, INK)
    c.sky([(0, "#12233f"), (620, "#2c5a78")], bottom=760)
    stars(c, 60, 420)
    c.disc(1010, 240, 80, "#f7e7b8")
    for i, colour in enumerate(("#3d7f92", "#2f6a82", "#245670", "#1b435c")):
        crest = wave(200, 1400, 560 + i * 52, 20, 190, i * 1.7)
        c.shade(c.poly([*crest, (1400, 800), (200, 800)], colour), FOAM, 180, 0.5, 0.5)
        c.line(crest, "#d8ece0", 3)
    c.shade(c.poly([(420, 520), (450, 570), (610, 570), (650, 510)], BRICK), INK, 0, 0.6)
    c.shade(c.poly([(530, 510), (530, 340), (640, 500)], PAPER), SAND, 90, 0.7)
    c.sky([(770, "#a8683f"), (900, "#6b3d30")], top=770, bottom=910)
    for x in range(-200, 1800, 110):
        c.line([(800 + (x - 800) * 0.6, 770), (x, 910)], "#4f2a26", 3)
    c.fade(c.poly_mask([(560, -10), (640, -10), (1000, 850), (620, 850)]), "#fff0c2", 180, 0.62)
    c.tint(c.ellipse_mask(810, 846, 220, 40), "#fff0c2", 0.8)
    _actress(c, 810, 850)
    for side in (-1, 1):
        for fold in range(7):
            x0 = 800 + side * (800 - fold * 62)
            x1 = x0 - side * 78
            sweep = 46 - fold * 4
            shape = smooth([(x0, -10), (x0 - side * sweep * 0.5, 400), (x0, 960)]) + smooth([(x1, 960), (x1 - side * sweep, 430), (x1 + side * 30, -10)])
            c.shade(c.poly(shape, "#c23f3d" if fold % 2 else "#a5302f"), "#4a1524", 90 if side > 0 else 270, 0.85)
    for i in range(11):
        x = -30 + i * 166
        c.shade(c.ellipse(x, 0, 100, 120, "#c23f3d"), "#4a1524", 0, 0.8)
        c.arc(x, 0, 112, 20, 160, MUSTARD, 9)
    c.shade(c.rect(-10, 905, 1620, 170, "#1a1426"), INK, 0, 0.9)
    for i in range(15):
        x = 30 + i * 112 + (i % 2) * 20
        c.dot(x, 1005 - (i * 37) % 34, 46, "#0b1020", 52)
        c.dot(x, 1090, 84, "#0b1020", 60)
    for i in range(12):
        c.shade(c.ellipse(90 + i * 130, 906, 30, 16, MUSTARD), BRICK, 0, 0.7)
    return c


def _actress(c: Canvas, x: float, foot: float) -> None:
    dress = smooth([(x - 110, foot), (x - 64, foot - 130), (x - 34, foot - 240), (x - 42, foot - 318), (x + 42, foot - 318), (x + 34, foot - 240), (x + 74, foot - 130), (x + 140, foot)])
    c.shade(c.poly(dress, PAPER), SEA, 90, 0.75)
    c.line(smooth([(x + 36, foot - 300), (x + 110, foot - 360), (x + 150, foot - 440)]), SKINS[1], 20)
    c.line(smooth([(x - 36, foot - 300), (x - 92, foot - 236), (x - 120, foot - 170)]), SKINS[1], 20)
    c.rect(x - 13, foot - 350, 26, 44, SKINS[1], 8)
    c.shade(c.poly(smooth([(x - 44, foot - 378), (x - 20, foot - 436), (x + 34, foot - 424), (x + 40, foot - 370), (x - 10, foot - 300), (x - 60, foot - 270)], closed=True), PLUM), INK, 270, 0.6)
    c.shade(c.ellipse(x + 6, foot - 378, 32, 38, SKINS[1]), BRICK, 270, 0.5)


PICTURES = {
    "floodlights": floodlights,
    "brass-band": brass_band,
    "chowder": chowder,
    "sea-swimmers": sea_swimmers,
    "theatre": theatre,
}
