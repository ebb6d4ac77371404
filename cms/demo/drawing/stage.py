"""The band and the theatre."""

import math

from cms.demo.drawing.kit import (
    AMBER,
    BRICK,
    CORAL,
    FOAM,
    INK,
    MUSTARD,
    PAPER,
    PLUM,
    SAND,
    SEA,
    Canvas,
    mix,
    smooth,
    wave,
)
from cms.demo.drawing.parts import stars
from cms.demo.drawing.town import SKINS


def brass_band() -> Canvas:
    c = Canvas(32, "#f2d9a8")
    c.sky([(0, "#f6e3b6"), (1067, "#eebd7a")])
    for i in range(24):
        a, b = math.pi * i / 12, math.pi * (i + 0.5) / 12
        c.tint(c.poly_mask([(800, 520), (800 + 1400 * math.cos(a), 520 + 1400 * math.sin(a)),
            (800 + 1400 * math.cos(b), 520 + 1400 * math.sin(b))]), CORAL, 0.2)
    for i, (x, y, k) in enumerate(((190, 470, 0.8), (490, 430, 0.8), (800, 415, 0.8), (1110, 430, 0.8),
        (1410, 470, 0.8))):
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
    coat = c.poly(smooth([(x - 150 * k, y + 420 * k), (x - 138 * k, y + 160 * k), (x - 92 * k, y + 92 * k),
        (x, y + 74 * k), (x + 92 * k, y + 92 * k), (x + 138 * k, y + 160 * k), (x + 150 * k, y + 420 * k)]),
        PLUM)
    c.shade(coat, INK, 0, 0.75)
    c.rect(x - 26 * k, y + 40 * k, 52 * k, 60 * k, mix(skin, INK, 0.15), 10)
    c.poly([(x - 52 * k, y + 80 * k), (x, y + 150 * k), (x + 52 * k, y + 80 * k), (x, y + 98 * k)], MUSTARD)
    for row in range(3):
        c.disc(x, y + (190 + row * 56) * k, 8 * k, MUSTARD)
    for side in (-1, 1):
        c.shade(c.ellipse(x + side * 122 * k, y + 122 * k, 42 * k, 18 * k, MUSTARD), BRICK, 0, 0.7)
    c.shade(c.ellipse(x, y, 56 * k, 66 * k, skin), mix(skin, PLUM, 0.6), 90, 0.6)
    c.shade(c.poly(smooth([(x - 66 * k, y - 30 * k), (x - 60 * k, y - 78 * k), (x, y - 94 * k),
        (x + 60 * k, y - 78 * k), (x + 66 * k, y - 30 * k)]), PLUM), INK, 90, 0.6)
    c.rect(x - 64 * k, y - 46 * k, 128 * k, 16 * k, MUSTARD)
    c.poly(smooth([(x - 62 * k, y - 30 * k), (x, y - 22 * k), (x + 62 * k, y - 30 * k), (x, y - 6 * k)],
        closed=True), INK)
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
    loop = [(x, y + 44 * k), (x - 74 * k, y + 130 * k), (x - 60 * k, y + 300 * k), (x + 50 * k, y + 320 * k),
        (bx + 20 * k, y + 220 * k), (bx, by)]
    c.line(smooth(loop), BRICK, 40 * k)
    c.line(smooth(loop), MUSTARD, 32 * k)
    for dx in (-30, -2, 26):
        c.line([(x + dx * k, y + 190 * k), (x + dx * k, y + 290 * k)], AMBER, 15 * k)
        c.dot(x + dx * k, y + 184 * k, 11 * k, PAPER, 6 * k)
    if big:
        bx, by = x + 190 * k, y - 20 * k
        c.line(smooth([(x + 50 * k, y + 320 * k), (x + 150 * k, y + 260 * k), (x + 185 * k, y + 120 * k),
            (bx, by + 20 * k)]), MUSTARD, 50 * k)
    else:
        bx, by = x + 170 * k, y + 50 * k
        c.line(smooth([(x + 50 * k, y + 320 * k), (x + 130 * k, y + 270 * k), (x + 160 * k, y + 170 * k),
            (bx, by + 10 * k)]), MUSTARD, 40 * k)
    _bell(c, bx, by, r, r * 0.72)
    for dx in (-52, 46):
        c.dot(x + dx * k, y + 240 * k, 27 * k, skin)


def _bell(c: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    c.shade(c.ellipse(x, y, rx, ry, MUSTARD), BRICK, 90, 0.75)
    c.shade(c.ellipse(x, y, rx * 0.82, ry * 0.8, "#b5662f"), PLUM, 180, 0.9)
    c.dot(x, y, rx * 0.3, PLUM, ry * 0.3)
    c.line(smooth([(x - rx * 0.86, y - ry * 0.2), (x - rx * 0.5, y - ry * 0.76), (x, y - ry * 0.9)]),
        "#ffeeb8", max(3, rx * 0.05))


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
            shape = smooth([(x0, -10), (x0 - side * sweep * 0.5, 400), (x0, 960)]) + smooth([(x1, 960),
                (x1 - side * sweep, 430), (x1 + side * 30, -10)])
            c.shade(c.poly(shape, "#c23f3d" if fold % 2 else "#a5302f"), "#4a1524", 90 if side > 0 else 270,
                0.85)
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
    dress = smooth([(x - 110, foot), (x - 64, foot - 130), (x - 34, foot - 240), (x - 42, foot - 318),
        (x + 42, foot - 318), (x + 34, foot - 240), (x + 74, foot - 130), (x + 140, foot)])
    c.shade(c.poly(dress, PAPER), SEA, 90, 0.75)
    c.line(smooth([(x + 36, foot - 300), (x + 110, foot - 360), (x + 150, foot - 440)]), SKINS[1], 20)
    c.line(smooth([(x - 36, foot - 300), (x - 92, foot - 236), (x - 120, foot - 170)]), SKINS[1], 20)
    c.rect(x - 13, foot - 350, 26, 44, SKINS[1], 8)
    c.shade(c.poly(smooth([(x - 44, foot - 378), (x - 20, foot - 436), (x + 34, foot - 424),
        (x + 40, foot - 370), (x - 10, foot - 300), (x - 60, foot - 270)], closed=True), PLUM), INK, 270, 0.6)
    c.shade(c.ellipse(x + 6, foot - 378, 32, 38, SKINS[1]), BRICK, 270, 0.5)


PICTURES = {
    "brass-band": brass_band,
    "theatre": theatre,
}
