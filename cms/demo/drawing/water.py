"""Boats, mud and fog."""

import math

from cms.demo.drawing.kit import (
    AMBER,
    BRICK,
    CORAL,
    FOAM,
    INK,
    MUSTARD,
    NAVY,
    PAPER,
    PLUM,
    SAND,
    SEA,
    TEAL,
    Canvas,
    Point,
    smooth,
    wave,
)
from cms.demo.drawing.parts import cloud, figure, gull, hills, sea
from cms.demo.drawing.town import SKINS


def gig_rowing() -> Canvas:
    c = Canvas(41)
    c.sky([(0, "#14324a"), (1067, "#1f5a68")])
    for i in range(24):
        y = -200 + i * 66
        band = [*wave(-10, 1610, y, 10, 340, i * 1.9), *reversed(wave(-10, 1610, y + 16, 12, 300, i * 1.4))]
        c.tint(c.poly_mask([(x, py + (x - 800) * -0.16) for x, py in band]), "#5fb0aa", 0.16)
    _gig(c, 690, 470, -0.16, 1.3, CORAL, MUSTARD)
    _gig(c, 1120, 890, -0.16, 1.3, PAPER, TEAL)
    _gig(c, 330, 40, -0.16, 1.3, MUSTARD, PLUM)
    return c


def _gig(c: Canvas, x: float, y: float, turn: float, k: float, hull: str, shirt: str) -> None:
    cos, sin = math.cos(turn) * k, math.sin(turn) * k

    def at(a: float, b: float) -> Point:
        return x + a * cos - b * sin, y + a * sin + b * cos

    def lens(grow: float) -> list[Point]:
        upper = [at(a * (1 + grow / 9), -b * (1 + grow)) for a, b in ((-330, 0), (-200, 38), (0, 50),
            (200, 40), (350, 0))]
        lower = [at(a * (1 + grow / 9), b * (1 + grow)) for a, b in ((200, 40), (0, 50), (-200, 38),
            (-330, 0))]
        return smooth(upper) + smooth([upper[-1], *lower])

    for side in (-1, 1):
        c.line(smooth([at(-340, side * 14), at(-480, side * 52), at(-700, side * 96)]), "#cfe9dc", 5)
        c.line(smooth([at(340, side * 8), at(250, side * 66), at(60, side * 96)]), "#cfe9dc", 4)
    shadow = [(px + 16, py + 26) for px, py in lens(0.05)]
    c.tint(c.poly_mask(shadow), "#0c1c30", 0.6)
    for i in range(6):
        a, side = -215 + i * 82, 1 if i % 2 else -1
        blade = at(a + 62, side * 236)
        c.line([at(a - 20, side * -8), blade], "#e7c58f", 6)
        c.line([at(a + 48, side * 196), blade], PAPER, 15)
        c.line(smooth([at(a + 30, side * 252), at(a + 66, side * 268), at(a + 104, side * 248)]), "#f4faf0",
            5)
        c.line(smooth([at(a - 30, side * 240), at(a - 62, side * 252), at(a - 92, side * 238)]), "#9fd0c2", 4)
    c.shade(c.poly(lens(0.05), hull), INK, 0, 0.55)
    c.shade(c.poly(lens(-0.18), "#8a5533"), INK, 180, 0.5)
    for i in range(6):
        a, side = -215 + i * 82, 1 if i % 2 else -1
        c.line([at(a - 26, -36), at(a - 26, 36)], SAND, 13)
        c.shade(c.poly(smooth([at(a - 34, -6), at(a - 16, -27), at(a + 10, -22), at(a + 18, 0),
            at(a + 10, 22), at(a - 16, 27), at(a - 34, 6)], closed=True), shirt), INK, 0, 0.5)
        for arm in (-1, 1):
            c.line([at(a + 2, arm * 21), at(a + 34, side * 12 + arm * 9)], SKINS[(i * 2 + int(x)) % 6], 11)
        c.dot(*at(a - 6, 0), 17, (INK, "#6b3a2a", "#b9793f", "#d9d2c4")[(i + int(y)) % 4])
    c.shade(c.disc(*at(286, 0), 20, PLUM), INK, 0, 0.5)
    c.dot(*at(284, 0), 15, CORAL)


def boatyard() -> Canvas:
    c = Canvas(43, "#3a2a30")
    c.shade(c.rect(0, 0, 1600, 1067, "#5a3a36"), INK, 180, 0.8)
    c.shade(c.poly([(330, 190), (800, 40), (1270, 190), (1270, 830), (330, 830)], "#f5dcae"), CORAL, 0, 0.5)
    for i, colour in enumerate(("#7fb5b0", "#5d9ca0", "#488a92")):
        c.quick_rect(330, 620 + i * 50, 940, 60, colour)
    c.disc(1090, 330, 60, PAPER)
    for i in range(9):
        x = 330 - i * 46
        c.shade(c.rect(x - 46, 150, 44, 720, "#6b4238" if i % 2 else "#5a3630"), INK, 0, 0.4)
        x = 1270 + i * 46
        c.shade(c.rect(x, 150, 44, 720, "#6b4238" if i % 2 else "#5a3630"), INK, 0, 0.4)
    for k in range(3):
        s = 1 + k * 0.32
        c.line([(800 - 520 * s, 190 - k * 60), (800, 30 - k * 100), (800 + 520 * s, 190 - k * 60)], "#2a1c22",
            22 + k * 8)
        c.line([(800 - 520 * s, 190 - k * 60), (800 + 520 * s, 190 - k * 60)], "#2a1c22", 14 + k * 6)
    c.sky([(830, "#a8764f"), (1067, "#4f3430")], top=830)
    for i in range(26):
        c.quick_rect(800 + (i - 13) * 90, 830, 3, 240, "#6b4636")
    _hull(c, 800, 250, 930)
    for x, lean in ((330, 120), (1280, -120)):
        for side in (-22, 22):
            c.line([(x + side, 960), (x + side + lean, 380)], SAND, 9)
        for i in range(12):
            t = i / 12
            c.line([(x - 22 + lean * t, 960 - 580 * t), (x + 22 + lean * t, 960 - 580 * t)], SAND, 7)
    figure(c, 1168, 960, 300, TEAL, SKINS[4])
    c.line([(1120, 770), (1060, 730)], SKINS[4], 14)
    figure(c, 470, 985, 320, MUSTARD, SKINS[0])
    c.shade(c.rect(150, 880, 120, 110, BRICK, 6), INK, 90, 0.6)
    c.shade(c.rect(170, 820, 80, 62, SEA, 6), INK, 90, 0.6)
    for _ in range(60):
        c.dot(c.rng.uniform(420, 1200), c.rng.uniform(960, 1050), c.rng.uniform(5, 13), "#e2bd86",
            c.rng.uniform(2, 5))
    return c


def _hull(c: Canvas, x: float, top: float, keel: float) -> None:
    def edge(side: int, part: float) -> list[Point]:
        return smooth([(x + side * 400 * part, top - 52 * (1 - part)), (x + side * 392 * part, top + 190),
            (x + side * 300 * part, top + 420), (x + side * 120 * part, keel - 110), (x + side * 22 * part,
            keel)])

    for side in (-1, 1):
        for prop in (180, 300):
            c.line([(x + side * (prop + 90), keel + 30), (x + side * prop * 0.8, keel - 320 + prop * 0.3)],
                "#8a5a3c", 20)
    for i in range(8):
        part, inner = 1 - i / 8, 1 - (i + 1) / 8
        for side in (-1, 1):
            colour = (CORAL, "#d8573f") if i % 2 else ("#cf5040", CORAL)
            mask = c.poly([*edge(side, part), *reversed(edge(side, inner))], colour[0])
            c.shade(mask, PLUM, 90 if side > 0 else 0, 0.7 if side > 0 else 0.4)
            c.line(edge(side, part), "#7c2b33", 3)
    for side in (-1, 1):
        low = edge(side, 1)
        cut = [p for p in low if p[1] > top + 430]
        c.shade(c.poly([(x, top + 430), *cut, (x, keel)], TEAL), INK, 90 if side > 0 else 0, 0.7)
        for i in range(1, 6):
            c.line([p for p in edge(side, 1 - i / 6) if p[1] > top + 430], INK, 2)
    c.poly([(x - 15, top - 50), (x + 15, top - 50), (x + 11, keel + 16), (x - 11, keel + 16)], "#8a5a3c")
    rail = smooth([(x - 404, top), (x - 200, top - 27), (x, top - 56), (x + 200, top - 27), (x + 404, top)])
    c.line(rail, PAPER, 20)
    c.rect(x - 90, keel + 10, 180, 40, "#4a2a26", 4)


def pilot_boat() -> Canvas:
    c = Canvas(44)
    c.sky([(0, "#dfe6d6"), (360, "#b8cfc6"), (620, "#8fb3b0")], bottom=640)
    c.disc(330, 220, 70, "#fdf6e0")
    cloud(c, 40, 330, 420, "#eef0e0", 22)
    hills(c, 640, 580, "#7fa0a3", "#5f8690", 0.4)
    sea(c, 630, ["#5d979b", "#467f88", "#356a77", "#275566", "#1d4356"], 15)
    wall = c.poly([(560, -10), (1640, -10), (1640, 905), (800, 905), (700, 800), (600, 470)], "#1b2440")
    c.shade(wall, "#3d4d74", 180, 0.7)
    c.shade(c.poly([(671, 700), (1640, 700), (1640, 905), (800, 905), (700, 800)], BRICK), INK, 90, 0.75)
    c.quick([(668, 690), (1640, 690), (1640, 704), (672, 704)], PAPER)
    for i in range(1, 7):
        c.line([(566 + i * 16, 100 * i), (1640, 100 * i - 14)], "#232f52", 3)
    for row in range(7):
        c.quick_rect(740, 470 + row * 44, 26, 6, PAPER)
        c.quick_rect(740, 488 + row * 44, 14, 5, PAPER)
    for side in (0, 62):
        c.line([(940 + side, -10), (944 + side, 800)], "#e2c793", 6)
    for i in range(16):
        c.line([(936, 20 + i * 50), (1010, 20 + i * 50)], SAND, 9)
    _climber(c, 974, 470)
    x, y = 330, 800
    hull = [*smooth([(x - 220, y - 60), (x - 190, y + 40), (x - 60, y + 76), (x + 240, y + 70),
        (x + 330, y + 20), (x + 420, y - 92)]), (x + 250, y - 62), (x - 60, y - 44)]
    c.shade(c.poly(hull, AMBER), BRICK, 0, 0.9)
    c.quick([(x - 222, y - 62), (x - 60, y - 48), (x + 250, y - 66), (x + 424, y - 96), (x + 404, y - 66),
        (x + 250, y - 40), (x - 60, y - 24), (x - 214, y - 38)], INK)
    c.shade(c.poly([(x - 90, y - 44), (x - 74, y - 180), (x + 130, y - 180), (x + 184, y - 56)], PAPER), SEA,
        270, 0.7)
    c.quick([(x - 52, y - 164), (x + 112, y - 164), (x + 136, y - 112), (x - 56, y - 112)], "#17324a")
    for dx in (0, 62):
        c.quick_rect(x + dx, y - 164, 6, 54, PAPER)
    c.line([(x + 20, y - 180), (x + 20, y - 290)], INK, 6)
    for i, colour in enumerate((PAPER, CORAL)):
        c.quick_rect(x + 22, y - 288 + i * 24, 58, 24, colour)
    c.line(smooth([(x - 150, y - 56), (x - 150, y - 96), (x - 96, y - 98)]), INK, 5)
    for px, k in ((60, 1.0), (480, 1.1), (560, 0.8)):
        for _ in range(14):
            c.shade(c.disc(px + c.rng.uniform(-70, 130), 880 + c.rng.uniform(-26, 34), c.rng.uniform(14,
                38) * k, "#f1f5e8"), SEA, 0, 0.5)
    for row in range(3):
        crest = wave(-10, 1610, 912 + row * 54, 13, 300 + row * 90, row * 1.4)
        c.shade(c.poly([*crest, (1610, 1090), (-10, 1090)], ("#2c6170", "#21505f", "#183e50")[row]), FOAM,
            180, 0.4, 0.5)
        c.line(crest, "#dcece0", 4)
    for gx, gy, s in ((180, 480, 60), (300, 430, 46), (480, 330, 54)):
        gull(c, gx, gy, s, "#fffaf0")
    return c


def _climber(c: Canvas, x: float, y: float) -> None:
    for dx, dy in ((-18, 150), (22, 118)):
        c.line([(x, y + 40), (x + dx, y + dy * 0.6), (x + dx, y + dy)], INK, 24)
    for dx, dy in ((-30, -112), (28, -84)):
        c.line([(x, y - 52), (x + dx, y - 60), (x + dx * 0.9, y + dy)], CORAL, 19)
        c.dot(x + dx * 0.9, y + dy, 11, SKINS[0])
    c.shade(c.poly(smooth([(x - 34, y + 52), (x - 42, y - 20), (x - 28, y - 72), (x + 28, y - 72),
        (x + 42, y - 20), (x + 34, y + 52)]), CORAL), PLUM, 90, 0.6)
    for dy in (-30, 6):
        c.quick_rect(x - 40, y + dy, 80, 10, MUSTARD)
    c.disc(x, y - 98, 24, "#d9d2c4")
    c.poly(smooth([(x - 27, y - 100), (x - 22, y - 126), (x + 22, y - 126), (x + 27, y - 100)]), NAVY)


PICTURES = {
    "gig-rowing": gig_rowing,
    "boatyard": boatyard,
    "pilot-boat": pilot_boat,
}
