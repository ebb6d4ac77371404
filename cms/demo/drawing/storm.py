"""The night the breakwater broke."""

import math

from cms.demo.drawing.kit import (
    BRICK,
    INK,
    MUSTARD,
    Canvas,
    Point,
    mix,
    smooth,
    wave,
)
from cms.demo.drawing.parts import cloud, rain, sea


def breakwater_storm() -> Canvas:
    c = Canvas(4)
    c.sky([(0, "#1a2438"), (360, "#2c4a5c"), (620, "#5c8488"), (760, "#8fb0a6")], bottom=800)
    for x, y, w, t in ((-80, 150, 700, 60), (520, 100, 760, 70), (1060, 220, 700, 56), (180, 300, 520, 40)):
        cloud(c, x, y, w, mix("#1a2438", "#46626f", y / 420), t)
    sea(c, 700, ["#3b6a72", "#2f5a66", "#264b59"], 26)
    _burst(c, 560, 700)
    wall = c.poly([(1640, 560), (640, 700), (596, 730), (580, 1090), (1640, 1090)], "#3a3f52")
    c.shade(wall, INK, 0, 0.9)
    c.shade(c.poly([(1640, 560), (640, 700), (596, 730), (1640, 640)], "#77808a"), "#c7d2c8", 180, 0.6)
    for row in range(5):
        y0, y1 = 700 + row * 84, 770 + row * 88
        c.line([(1640, y0 - 40 + row * 14), (588, y1 - 20 + row * 4)], "#232a3d", 3)
    for i, x in enumerate(range(640, 1640, 92)):
        for row in range(4):
            shift = 46 if (row + i) % 2 else 0
            joint = 752 + row * 84 - (x - 600) * (0.075 - row * 0.016)
            c.line([(x + shift, joint), (x + shift - 3, joint + 70)], "#232a3d", 2.4)
    _pier_light(c, 790, 690)
    for far, y, h, colour in ((0, 880, 60, "#2a5663"), (1, 945, 64, "#1f4453"), (2, 1015, 56, "#173444")):
        crest = wave(-10, 1610, y, h * 0.55, 420 + far * 90, far * 1.9 + 0.6)
        mask = c.poly([*crest, (1610, 1090), (-10, 1090)], colour)
        c.shade(mask, "#8fbfb4", 180, 0.5, 0.6)
        c.line(crest, "#dff0e4", 5 - far)
    rain(c, 330, "#9fbcb8")
    return c


def _burst(c: Canvas, x: float, y: float) -> None:
    """The wave thrown up by the wall."""
    swell = smooth([(-30, 760), (120, 640), (250, 500), (400, 400), (520, 430), (600, 560), (640, 720),
        (560, 900), (-30, 900)])
    c.shade(c.poly(swell, "#2f6a73"), "#9fd0c2", 90, 0.75)
    for i in range(64):
        angle = -2.5 + 1.75 * ((i * 0.618) % 1)
        reach = (300 + 330 * c.rng.random()) * (1.15 - 0.35 * abs(angle + 1.75)) * (1.12 - i / 130)
        _jet(c, x - 30, y + 30, angle, reach, c.rng.uniform(24, 44),
            ("#b9d6cd", "#d8e9de", "#f6f6e8")[i * 3 // 64])
    for i in range(46):
        r = c.rng.uniform(22, 58)
        px, py = x + c.rng.uniform(-190, 120), y + c.rng.uniform(-40, 70)
        c.shade(c.disc(px, py, r, "#f6f6e8" if i % 3 else "#d8e9de"), "#6fa3a2", 0, 0.5)
    for _ in range(360):
        angle = c.rng.uniform(-2.8, -0.5)
        reach = c.rng.uniform(280, 720)
        px, py = x + reach * math.cos(angle) * 0.8, y + reach * math.sin(angle)
        c.dot(px, py, c.rng.uniform(1.5, 6), "#f4f5e6")


def _jet(c: Canvas, x: float, y: float, angle: float, reach: float, width: float, colour: str) -> None:
    """A tongue of water thrown from a point, bending with the wind, with a round head."""
    ux, uy = math.cos(angle), math.sin(angle)
    bend = 70 * (reach / 500) ** 2

    def at(t: float, side: float) -> Point:
        return x + ux * reach * t - uy * side + bend * t * t, y + uy * reach * t + ux * side + bend * t * t * 0.5

    edge = [at(0, -width * 0.9), at(0.5, -width * 0.55), at(0.88, -width * 0.5), at(1, 0),
        at(0.88, width * 0.5)]
    mask = c.poly(smooth([*edge, at(0.5, width * 0.55), at(0, width * 0.9)], closed=True, steps=8), colour)
    c.shade(mask, "#5f9698", 0, 0.55)


def _pier_light(c: Canvas, x: float, foot: float) -> None:
    c.glow(x, foot - 262, 190, "#fbd888", 0.8)
    c.shade(c.poly([(x - 40, foot), (x - 26, foot - 220), (x + 26, foot - 220), (x + 40, foot)], "#c9d1c4"),
        INK, 90, 0.8)
    c.shade(c.poly([(x - 33, foot - 110), (x - 29, foot - 165), (x + 29, foot - 165), (x + 33, foot - 110)],
        BRICK), INK, 90, 0.7)
    c.rect(x - 40, foot - 230, 80, 12, INK, 3)
    c.rect(x - 20, foot - 282, 40, 52, MUSTARD)
    c.disc(x, foot - 258, 13, "#fff6d2")
    c.poly([(x - 30, foot - 280), (x, foot - 314), (x + 30, foot - 280)], INK)


PICTURES = {
    "breakwater-storm": breakwater_storm,
}
