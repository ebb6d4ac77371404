"""Streets and rooms of the town."""

import math

from cms.demo.drawing.kit import (
    BRICK,
    CORAL,
    FOAM,
    INK,
    LEAF,
    MIST,
    MUSTARD,
    NAVY,
    PAPER,
    PLUM,
    SAND,
    SEA,
    TEAL,
    Canvas,
    Point,
    mix,
    smooth,
)
from cms.demo.drawing.parts import cloud, figure, gull, rain

SKINS = ("#f0c6a4", "#c98f68", "#8a5a40", "#e3ab86", "#5f3d2e", "#f6d5bb")
COATS = (CORAL, TEAL, MUSTARD, PLUM, "#4f7f8c", BRICK, LEAF)


def council_chamber() -> Canvas:
    c = Canvas(11, "#7a4a3f")
    tiers = ((1040, 620, "#4a2530"), (860, 480, "#5d2f34"), (680, 345, "#70393a"), (500, 220, "#844640"))
    for rx, ry, colour in tiers:
        c.shade(c.ellipse(800, 560, rx, ry, mix(colour, INK, 0.35)), INK, 0, 0.5)
        mask = c.ellipse(800, 560 - 16, rx - 4, ry - 6, mix(colour, SAND, 0.35))
        c.shade(mask, colour, 180, 0.8)
        c.ellipse(800, 560 - 16, rx - 50, ry - 44, colour)
    c.sky([(0, "#5b2f36"), (520, "#9a5b45")], bottom=510)
    for x in range(0, 1600, 64):
        c.quick_rect(x, 0, 3, 510, "#5b2f36")
    for i in range(5):
        _tall_window(c, 150 + i * 325, 470, 150, 390)
    c.rect(-10, 498, 1620, 14, "#4a2530")
    for i in range(5):
        x = 150 + i * 325
        c.fade(c.poly_mask([(x - 70, 140), (x + 70, 140), (x + 330, 1067), (x - 10, 1067)]), "#ffdf9a", 180,
            0.2)
    c.shade(c.rect(640, 330, 320, 260, "#6a3532"), INK, 0, 0.5)
    c.shade(c.poly([(610, 330), (800, 236), (990, 330)], "#8c4a3c"), INK, 0, 0.5)
    c.disc(800, 296, 22, MUSTARD)
    c.rect(752, 400, 96, 190, BRICK, 30)
    c.shade(c.rect(762, 412, 76, 160, CORAL, 26), PLUM, 0, 0.7)
    c.dot(800, 462, 21, SKINS[4], 25)
    c.shade(c.poly(smooth([(752, 560), (766, 505), (800, 490), (834, 505), (848, 560)]), PLUM), INK, 90, 0.5)
    c.rect(764, 498, 72, 7, MUSTARD, 3)
    c.shade(c.ellipse(800, 545, 330, 110, SAND), "#9a5b45", 180, 0.9)
    c.shade(c.rect(600, 545, 400, 62, "#5d2f34", 6), INK, 0, 0.7)
    for x in (655, 730, 870, 945):
        c.rect(x - 16, 536, 32, 18, PAPER, 2)
    for rx, ry, size, count in ((475, 198, 0.8, 9), (652, 322, 1.0, 11), (832, 456, 1.25, 11),
        (1010, 596, 1.5, 9)):
        for i in range(count):
            angle = math.pi * (0.1 + 0.8 * (i + 0.5 * (count % 3 == 0)) / count)
            seat_x, seat_y = 800 - rx * math.cos(angle), 545 + ry * math.sin(angle)
            if seat_y < 1040 and (i * 7 + count) % 6:
                _councillor(c, seat_x, seat_y, size, i + count)
    return c


def _councillor(c: Canvas, x: float, y: float, size: float, i: int) -> None:
    coat, skin = COATS[(i * 3) % len(COATS)], SKINS[(i * 5) % len(SKINS)]
    hair = (INK, "#6b3a2a", "#d9d2c4", "#2a1c22", "#b9793f")[i % 5]
    body = [(x - 40 * size, y + 26 * size), (x - 34 * size, y - 18 * size), (x, y - 32 * size),
        (x + 34 * size, y - 18 * size), (x + 40 * size, y + 26 * size)]
    c.shade(c.poly(smooth(body), coat), INK, 90, 0.5)
    c.dot(x, y - 44 * size, 18 * size, skin, 21 * size)
    c.dot(x, y - 50 * size, 20 * size, hair, 20 * size)
    if i % 4 == 0:
        c.quick([(x + 30 * size, y - 10 * size), (x + 44 * size, y - 62 * size),
            (x + 54 * size, y - 60 * size), (x + 44 * size, y)], coat)
        c.dot(x + 49 * size, y - 68 * size, 8 * size, skin, 11 * size)


def _tall_window(c: Canvas, x: float, foot: float, w: float, h: float) -> None:
    top = foot - h + w / 2
    shape = [(x - w / 2, foot)] + [(x - w / 2 * math.cos(a / 12 * math.pi),
        top - w / 2 * math.sin(a / 12 * math.pi)) for a in range(13)] + [(x + w / 2, foot)]
    frame = [(px + (px - x) * 0.16, py - (12 if py < foot else 0)) for px, py in shape]
    c.poly(frame, "#4a2530")
    mask = c.poly(shape, "#f8dc9a")
    c.shade(mask, CORAL, 0, 0.55)
    c.quick_rect(x - 3, foot - h, 6, h, "#4a2530")
    for i in range(1, 4):
        c.quick_rect(x - w / 2, foot - i * h / 4.4, w, 5, "#4a2530")


def terraces_rain() -> Canvas:
    c = Canvas(12)
    c.sky([(0, "#33465e"), (330, "#5c7885"), (560, "#93a8a2")])
    for x, y, w in ((-60, 120, 600), (560, 90, 520), (1120, 150, 620)):
        cloud(c, x, y, w, "#46607a", 40)
    walls = ("#b5533f", "#c97a55", "#93413c", "#d8a878", "#7d4a4a", "#c2674a")
    for row, (y, size) in enumerate(((420, 0.72), (610, 0.95), (850, 1.3))):
        haze = 0.42 - row * 0.2
        left = -70.0 - row * 30
        i = row
        while left < 1640:
            colour = mix(walls[(i * 5 + row) % 6], "#5c7885", max(0, haze))
            lift = (left - 800) * (-0.09 + row * 0.03) + 14 * math.sin(i * 1.7)
            _terrace(c, left, y + lift, size, colour, i + row * 3, max(0, haze))
            left += 142 * size
            i += 1
    c.sky([(850, "#3d4a5c"), (1067, "#1c2740")], top=872)
    c.shade(c.rect(-5, 862, 1610, 26, "#8a8f92"), INK, 0, 0.6)
    for i in range(70):
        left, wet = c.rng.uniform(0, 1600), c.rng.uniform(905, 1060)
        colour = ("#e2a95a", "#7f95a3", "#c2674a", "#56687c")[i % 4]
        c.dot(left, wet, c.rng.uniform(20, 90), colour, c.rng.uniform(1, 2.6))
    for x, coat, top in ((560, MUSTARD, CORAL), (1130, TEAL, PLUM)):
        figure(c, x, 985, 200, coat, SKINS[1])
        mask = c.poly([*smooth([(x - 104, 812), (x - 70, 752), (x, 726), (x + 70, 752), (x + 104, 812)]),
            (x + 52, 798), (x, 812), (x - 52, 798)], top)
        c.shade(mask, INK, 90, 0.6)
        c.line([(x, 726), (x, 880)], INK, 4)
        c.dot(x, 1000, 80, "#141d33", 8)
    rain(c, 420, "#c5d3d0")
    return c


def _terrace(c: Canvas, x: float, base: float, k: float, wall: str, i: int, haze: float) -> None:
    w, h = 144 * k, 210 * k
    slate, dark = mix("#2b3650", "#5c7885", haze), mix(INK, "#5c7885", haze)
    c.shade(c.rect(x, base - h, w, h + 300, wall), dark, 0, 0.45)
    c.shade(c.poly([(x - 5 * k, base - h), (x + 14 * k, base - h - 66 * k),
        (x + w - 8 * k, base - h - 66 * k), (x + w + 5 * k, base - h)], slate), mix(slate, FOAM, 0.4), 180,
        0.4)
    c.shade(c.rect(x + w - 30 * k, base - h - 104 * k, 34 * k, 60 * k, mix(wall, dark, 0.3)), dark, 90, 0.7)
    for pot in (0, 1):
        c.quick_rect(x + w - 25 * k + pot * 15 * k, base - h - 120 * k, 9 * k, 18 * k, mix(CORAL, "#5c7885",
            haze + 0.2))
    for floor in (0, 1):
        for side in (0, 1):
            if floor == 1 and side == 1:
                continue
            wx, wy = x + (22 + side * 64) * k, base - h + (28 + floor * 88) * k
            lit = (i * 7 + floor * 3 + side * 5) % 5 == 0
            c.quick_rect(wx - 4 * k, wy - 4 * k, 44 * k, 62 * k, mix(PAPER, "#5c7885", haze + 0.15))
            c.quick_rect(wx, wy, 36 * k, 54 * k, MUSTARD if lit else mix(NAVY, "#5c7885", haze))
            c.quick_rect(wx, wy + 25 * k, 36 * k, 3 * k, mix(PAPER, "#5c7885", haze + 0.15))
            if lit:
                c.glow(wx + 18 * k, wy + 27 * k, 90 * k, "#f7d27c", 0.5)
    c.rect(x + 88 * k, base - 92 * k, 38 * k, 96 * k, mix(COATS[i % 7], dark, 0.25 + haze / 2), 3)
    c.quick_rect(x + 92 * k, base - 84 * k, 30 * k, 14 * k, mix(PAPER, "#5c7885", 0.4))


def reading_room() -> Canvas:
    c = Canvas(13, "#23494d")
    eye: Point = (800, 90)
    for i in range(18):
        a, b = math.pi * (i / 18), math.pi * ((i + 1) / 18)
        wedge = [eye, (800 - 1250 * math.cos(a), 90 + 560 * math.sin(a)), (800 - 1250 * math.cos(b),
            90 + 560 * math.sin(b))]
        c.shade(c.poly(wedge, "#3f8280" if i % 2 else "#356f70"), "#173238", 90, 0.35)
    c.quick_rect(0, 0, 1600, 90, "#356f70")
    for rx, ry in ((900, 400), (600, 265), (330, 145)):
        c.arc_wide(800, 90, rx, ry, "#e8c796")
    c.disc(800, 90, 105, "#e8c796")
    c.shade(c.disc(800, 90, 88, "#fff1c9"), MUSTARD, 0, 0.6)
    c.fade(c.poly_mask([(740, 120), (860, 120), (1180, 1067), (420, 1067)]), "#ffeebb", 180, 0.4)
    c.shade(c.rect(-10, 430, 1620, 400, "#5b3a2e"), INK, 0, 0.5)
    for bay in range(8):
        _shelves(c, 18 + bay * 198, 452, 180, 350)
    c.rect(-10, 418, 1620, 18, SAND)
    c.rect(-10, 806, 1620, 14, "#3b241f")
    c.sky([(820, "#9b6a45"), (1067, "#5a3527")], top=820)
    for x, y, k in ((430, 868, 1.0), (1170, 868, 1.0), (800, 968, 1.5)):
        _reading_table(c, x, y, k)
    return c


def _shelves(c: Canvas, x: float, y: float, w: float, h: float) -> None:
    c.shade(c.rect(x, y, w, h, "#2f1e1e"), INK, 180, 0.6)
    books = (CORAL, SEA, MUSTARD, "#8c4a3c", FOAM, TEAL, PLUM, SAND, "#c97a55")
    for row in range(5):
        floor = y + 66 + row * 70
        px = x + 6
        while px < x + w - 14:
            wide, tall = c.rng.uniform(7, 15), c.rng.uniform(38, 58)
            c.quick_rect(px, floor - tall, wide - 1.5, tall, mix(c.rng.choice(books), INK, 0.12 + row * 0.06))
            px += wide + (14 if c.rng.random() < 0.06 else 0)
        c.quick_rect(x, floor, w, 6, "#8a5a3c")


def _reading_table(c: Canvas, x: float, y: float, k: float) -> None:
    for side in (-1, 1):
        i = int(x + side)
        px = x + side * 122 * k
        coat = COATS[i % 7]
        c.shade(c.poly(smooth([(px - 62 * k, y + 16 * k), (px - 48 * k, y - 62 * k), (px, y - 88 * k),
            (px + 48 * k, y - 62 * k), (px + 62 * k, y + 16 * k)]), coat), INK, 90 if side > 0 else 270, 0.6)
        c.dot(px - side * 8 * k, y - 112 * k, 25 * k, SKINS[(i * 3) % 6], 29 * k)
        c.dot(px - side * 2 * k, y - 124 * k, 28 * k, (INK, "#6b3a2a", "#d9d2c4")[i % 3], 24 * k)
    c.shade(c.poly([(x - 250 * k, y), (x + 250 * k, y), (x + 280 * k, y + 34 * k), (x - 280 * k, y + 34 * k)],
        "#7b4630"), INK, 0, 0.5)
    c.quick_rect(x - 280 * k, y + 34 * k, 560 * k, 20 * k, "#4d2a22")
    c.glow(x, y - 30 * k, 150 * k, "#ffe7a6", 0.7)
    c.quick_rect(x - 3 * k, y - 70 * k, 6 * k, 74 * k, MUSTARD)
    c.rect(x - 28 * k, y, 56 * k, 9 * k, MUSTARD, 4)
    c.shade(c.poly([(x - 62 * k, y - 58 * k), (x - 36 * k, y - 92 * k), (x + 36 * k, y - 92 * k),
        (x + 62 * k, y - 58 * k)], "#3fa173"), TEAL, 90, 0.7)
    c.quick_rect(x - 58 * k, y - 58 * k, 116 * k, 5 * k, "#fff3cf")
    for side in (-1, 1):
        c.quick([(x + side * 90 * k, y + 4), (x + side * 150 * k, y + 4), (x + side * 160 * k, y + 22 * k),
            (x + side * 92 * k, y + 22 * k)], PAPER)


def tram() -> Canvas:
    c = Canvas(14)
    c.sky([(0, "#f0b48e"), (420, "#f8ddb0"), (700, MIST)])
    c.glow(800, 520, 420, "#fff5d8", 0.7)
    for side in (-1, 1):
        for i, (near, far, top, colour) in enumerate(((820, 470, -40, "#7b3f4e"), (470, 290, 170, "#b0604f"),
            (290, 190, 290, "#cf8a63"))):
            _facade(c, side, near, far, top, colour, i)
    c.poly([(600, 636), (1000, 636), (1640, 900), (1640, 1080), (-40, 1080), (-40, 900)], "#b9a58c")
    c.shade(c.poly([(690, 640), (910, 640), (1420, 1080), (180, 1080)], "#94877c"), INK, 0, 0.45)
    for dx in (-150, 150):
        c.quick([(800 + dx * 0.2, 640), (800 + dx * 0.23, 640), (800 + dx * 2.35, 1080), (800 + dx * 2.15,
            1080)], INK)
    for x in (420, 800, 1180):
        c.line([(x, -10), (800 + (x - 800) * 0.15, 560)], INK, 2)
    c.line([(0, 150), (1600, 120)], INK, 2)
    c.line([(150, 290), (1450, 270)], INK, 2)
    c.dot(800, 985, 330, "#2b2a3a", 26)
    body = c.rect(560, 380, 480, 590, TEAL, 70)
    c.shade(body, INK, 90, 0.55)
    c.shade(c.rect(560, 700, 480, 120, PAPER), SAND, 90, 0.7)
    c.rect(560, 694, 480, 10, CORAL)
    glass = c.rect(604, 478, 392, 206, "#17324a", 34)
    c.shade(glass, "#8fd0c8", 180, 0.7, 0.8)
    c.fade(c.poly_mask([(640, 478), (720, 478), (650, 684), (604, 684), (604, 590)]), "#ffffff", 180, 0.35)
    c.shade(c.poly(smooth([(720, 684), (736, 620), (780, 606), (824, 620), (840, 684)]), NAVY), INK, 90, 0.5)
    c.dot(780, 578, 24, SKINS[2], 28)
    c.poly([(752, 566), (758, 544), (802, 544), (808, 566)], INK)
    c.rect(690, 410, 220, 46, INK, 12)
    c.quick([(742, 418), (754, 418), (754, 448), (742, 448)], MUSTARD)
    for i in range(7):
        c.quick_rect(776 + i * 16, 427, 10, 12, MUSTARD)
    for x in (636, 964):
        c.glow(x, 862, 130, "#fff0b8", 0.8)
        c.disc(x, 862, 30, INK)
        c.disc(x, 862, 23, "#fff6d6")
    c.rect(600, 920, 400, 50, INK, 18)
    c.line([(740, 380), (800, 300), (860, 380)], INK, 6)
    c.line([(740, 300), (860, 300)], INK, 6)
    for x, coat in ((300, CORAL), (1340, MUSTARD), (1240, PLUM)):
        figure(c, x, 940 if x != 1240 else 860, 240 if x != 1240 else 190, coat, SKINS[x % 5])
    gull(c, 980, 200, 60, PAPER)
    return c


def _facade(c: Canvas, side: int, near: float, far: float, top: float, colour: str, i: int) -> None:
    def at(part: float, height: float) -> Point:
        d = near + (far - near) * part
        foot = 640 + max(0.0, (d - 190)) * 0.44
        head = top + (330 - top * 0.2) * part * 0.55
        return 800 + side * d, head + (foot - head) * height

    mask = c.poly([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], colour)
    c.shade(mask, PLUM if side < 0 else INK, 0, 0.5)
    for row in range(5):
        for col in range(4):
            a, b, y0, y1 = 0.1 + col * 0.23, 0.22 + col * 0.23, 0.1 + row * 0.17, 0.2 + row * 0.17
            lit = (row * 5 + col * 3 + i) % 4 == 0
            c.quick([at(a, y0), at(b, y0), at(b, y1), at(a, y1)], MUSTARD if lit else mix(colour, INK, 0.55))


PICTURES = {
    "council-chamber": council_chamber,
    "terraces-rain": terraces_rain,
    "reading-room": reading_room,
    "tram": tram,
}
