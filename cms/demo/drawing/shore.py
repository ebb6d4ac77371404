"""Mud and fog."""

import math

from cms.demo.drawing.kit import (
    BRICK,
    CORAL,
    INK,
    MIST,
    NAVY,
    PAPER,
    PLUM,
    ROSE,
    SEA,
    TEAL,
    Canvas,
    Point,
    mix,
    smooth,
    wave,
)
from cms.demo.drawing.parts import gull, hills, ripples


def mudflats() -> Canvas:
    c = Canvas(42)
    c.sky([(0, "#c9d9cf"), (240, "#f3e6c8"), (420, "#f6cfa6")], bottom=440)
    c.glow(560, 330, 360, "#fff6dc", 0.9)
    c.disc(560, 330, 76, "#fffaf0")
    hills(c, 434, 372, "#9fb3a8", "#7d98a0", 0.5)
    for i in range(26):
        x = 1010 + i * 20
        tall = 14 + (i * 13) % 22
        c.quick([(x, 434), (x, 420 - tall), (x + 10, 410 - tall), (x + 20, 420 - tall), (x + 20, 434)],
            "#7d8f98")
    c.quick([(1270, 434), (1276, 350), (1283, 300), (1290, 350), (1296, 434)], "#7d8f98")
    c.sky([(430, "#d8b48e"), (650, "#b08a70"), (1067, "#6b5450")], top=430)
    for _ in range(60):
        y = 440 + 600 * c.rng.random() ** 1.6
        c.dot(c.rng.uniform(-40, 1640), y, 30 + (y - 420) * 0.32, mix("#9c7766", "#d8b48e", c.rng.random()),
            2 + (y - 420) * 0.02)
    _channel(c, [(700, 436), (760, 470), (640, 520), (880, 600), (520, 730), (980, 880), (420, 1090)], 5, 240)
    _channel(c, [(1180, 438), (1120, 480), (1300, 540), (1180, 640), (1480, 760), (1700, 800)], 4, 120)
    for x, y, k, flip in ((400, 690, 1.05, 1), (190, 850, 1.7, 1), (1130, 690, 1.0, -1), (1290, 930, 1.9, -1),
        (480, 600, 0.7, -1), (930, 560, 0.55, 1), (1010, 575, 0.5, 1)):
        _curlew(c, x, y, k, flip)
    for x in range(-10, 1620, 9):
        if x < 250 or x > 1420:
            reed = c.rng.uniform(50, 170)
            c.line([(x, 1080), (x + c.rng.uniform(-24, 34), 1067 - reed)], c.rng.choice(("#5d6a45", "#7b8b4a",
                "#46553f")), 4)
    for x, y, s in ((980, 180, 60), (1060, 150, 48), (1120, 196, 42), (880, 140, 36), (1210, 170, 34)):
        gull(c, x, y, s, "#7d6a68")
    return c


def _channel(c: Canvas, centre: list[Point], narrow: float, wide: float) -> None:
    line = smooth(centre, steps=24)
    first, last = line[0][1], line[-1][1]
    half = [narrow + (wide - narrow) * max(0.0, (y - first) / (last - first)) ** 1.5 for _, y in line]
    for grow, colour in ((1.25, "#7d6058"), (1.0, "#f0cfa8")):
        left = [(x - h * grow * 0.6, y) for (x, y), h in zip(line, half, strict=True)]
        right = [(x + h * grow * 0.6, y + h * 0.08) for (x, y), h in zip(line, half, strict=True)]
        mask = c.poly([*left, *reversed(right)], colour)
        if grow == 1:
            c.shade(mask, "#7fa3ab", 0, 0.8)
    for (x, y), h in list(zip(line, half, strict=True))[::7]:
        c.dot(x, y, h * 0.3, "#fff3da", 1.5 + h * 0.012)


def _curlew(c: Canvas, x: float, y: float, k: float, flip: int) -> None:
    def at(a: float, b: float) -> Point:
        return x + flip * a * k, y + b * k

    c.dot(x, y + 64 * k, 62 * k, "#6b5450", 5 * k)
    for a in (-8, 12):
        c.line([at(a, 10), at(a + 4, 36), at(a - 2, 62)], INK, 3.4 * k)
    body = smooth([at(-74, 8), at(-40, -22), at(10, -30), at(38, -46), at(46, -78), at(64, -88), at(76, -76),
        at(66, -60), at(58, -30), at(40, 8), at(0, 22)], closed=True)
    c.shade(c.poly(body, "#8a6a52"), INK, 0, 0.75)
    c.line(smooth([at(72, -78), at(104, -72), at(126, -56), at(136, -34)]), INK, 3.6 * k)
    c.quick([at(-20, -12), at(-86, 10), at(-30, 12)], "#4a3a3a")
    c.dot(*at(64, -78), 2.4 * k, PAPER)


def foghorn() -> Canvas:
    c = Canvas(45, MIST)
    c.sky([(0, "#d9e6dc"), (620, "#f3ecd6"), (700, "#c8d9d0")])
    for i in range(11, 0, -1):
        ring = c.disc(560, 500, 120 + i * 118, ("#f3ecd6", ROSE, "#f3ecd6", "#bcd8cf")[i % 4])
        c.shade(ring, "#e9d7bd", 90, 0.35)
    for i, colour in enumerate(("#9fc2bb", "#7dabaa", "#5f959a", "#467f8a")):
        y = 800 + i * 68
        c.shade(c.poly([*wave(-10, 1610, y, 9, 380, i * 2), (1610, 1080), (-10, 1080)], colour), TEAL, 0, 0.3)
    ripples(c, 820, 1040, MIST, 40)
    x = 1260
    c.tint(c.poly_mask([(x, 740), (x + 20, 800), (x + 230, 800), (x + 252, 744), (x + 190, 748)]), NAVY, 0.55)
    c.tint(c.round_mask(x + 150, 690, 56, 56, 4), NAVY, 0.45)
    c.tint(c.round_mask(x + 30, 720, 100, 30, 2), NAVY, 0.35)
    c.fade(c.round_mask(900, 640, 800, 170, 0), "#f3ecd6", 0, 0.75)
    c.shade(c.poly([(-20, 1080), (-20, 800), (130, 770), (330, 790), (450, 860), (520, 1080)], "#2a3f52"),
        TEAL, 180, 0.6)
    c.shade(c.rect(-20, 480, 250, 330, PAPER, 4), SEA, 90, 0.7)
    c.shade(c.poly([(-40, 486), (40, 380), (150, 380), (256, 486)], BRICK), INK, 90, 0.6)
    c.rect(60, 600, 70, 90, NAVY, 34)
    for i in range(3):
        c.quick_rect(-20, 730 + i * 24, 250, 6, CORAL)
    pipe = smooth([(200, 560), (300, 540), (400, 450), (470, 370)]) + smooth([(640, 640), (480, 600),
        (330, 622), (200, 640)])
    c.shade(c.poly(pipe, CORAL), PLUM, 0, 0.85)
    tilt = [(555 + 92 * math.cos(a) * 0.84 + 168 * math.sin(a) * 0.53,
        505 - 92 * math.cos(a) * 0.53 + 168 * math.sin(a) * 0.84) for a in (k * math.pi / 30
        for k in range(60))]
    c.shade(c.poly(tilt, CORAL), BRICK, 90, 0.5)
    inner = [(557 + (px - 555) * 0.84, 505 + (py - 505) * 0.84) for px, py in tilt]
    c.shade(c.poly(inner, PLUM), INK, 270, 0.9)
    for px, y, s in ((860, 230, 64), (980, 290, 46), (1100, 200, 52), (760, 320, 36)):
        gull(c, px, y, s, NAVY)
    return c


PICTURES = {
    "mudflats": mudflats,
    "foghorn": foghorn,
}
