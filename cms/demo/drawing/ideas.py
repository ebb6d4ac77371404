"""Maps, charts and arguments."""

import math

from cms.demo.drawing.kit import (
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
    mix,
    smooth,
    wave,
)
from cms.demo.drawing.parts import gull
from cms.demo.drawing.town import SKINS


def flood_map() -> Canvas:
    c = Canvas(51, "#f1e3c6")
    c.shade(c.rect(0, 0, 1600, 1067, "#f1e3c6"), "#d9bf93", 180, 0.5)
    for x, y, rx, ry in ((240, 180, 230, 150), (820, 90, 190, 90), (180, 930, 240, 150), (660, 960, 120, 70)):
        c.shade(c.blob([(x + rx * math.cos(a) * (1 + 0.15 * math.sin(3 * a)), y + ry * math.sin(a))
            for a in (k * 0.7 for k in range(9))], "#b9c48f"), LEAF, 0, 0.3)
    _streets(c)
    river = smooth([(1180, 470), (980, 480), (760, 500), (620, 440), (450, 520), (300, 470), (140, 560), (-30, 520)])
    c.line(river, "#8fc0c4", 88)
    c.line(river, "#4f9bab", 62)
    c.line(river, "#1f5f78", 34)
    coast = [(1090, -20), (1010, 90), (1080, 210), (1000, 300), (900, 350), (960, 480), (860, 560),
        (990, 660), (1080, 760), (1010, 880), (1120, 1090)]
    for far, tint in ((250, 0.26), (165, 0.3), (85, 0.36)):
        line = smooth([(x - far * (0.7 + 0.5 * math.sin(i * 1.9 + 1)), y) for i, (x, y) in enumerate(coast)])
        c.tint(c.poly_mask([*line, (1640, 1090), (1640, -20)]), "#3f8fa8", tint)
        c.line(line, "#f7f3e3", 4)
    shore = smooth(coast)
    c.shade(c.poly([*shore, (1640, 1090), (1640, -20)], "#1f5f78"), INK, 90, 0.6)
    for k in range(1, 8):
        c.line(smooth([(x + 46 * k * (1 + k * 0.08), y) for x, y in coast]), "#2f7890", 2.4)
    c.line(smooth([(1010, 300), (1180, 270), (1290, 350), (1300, 470)]), "#d9cdb4", 20)
    c.line(smooth([(1010, 300), (1180, 270), (1290, 350), (1300, 470)]), "#8a8f92", 8)
    c.line(smooth([(1080, 760), (1200, 730), (1286, 650)]), "#d9cdb4", 18)
    for x, y in ((700, 300), (850, 690), (560, 640)):
        c.dot(x + 6, y + 4, 26, mix("#f1e3c6", INK, 0.4), 9)
        c.shade(c.poly([*smooth([(x - 36, y - 74), (x - 26, y - 112), (x, y - 124), (x + 26, y - 112),
            (x + 36, y - 74)]), (x, y)], CORAL), BRICK, 90, 0.7)
        c.disc(x, y - 82, 15, PAPER)
    x, y = 1440, 170
    c.disc(x, y, 88, "#174a62")
    for k in range(8):
        a = k * math.pi / 4
        reach = 80 if k % 2 == 0 else 44
        tip = (x + reach * math.sin(a), y - reach * math.cos(a))
        for side, colour in ((-1, PAPER), (1, CORAL if k == 0 else SAND)):
            c.quick([(x, y), (x + 17 * math.sin(a + side * 0.78), y - 17 * math.cos(a + side * 0.78)), tip],
                colour)
    for i in range(5):
        c.quick_rect(1250 + i * 56, 990, 56, 12, PAPER if i % 2 else INK)
    return c


def _streets(c: Canvas) -> None:
    for i in range(-4, 22):
        for j in range(-8, 20):
            x, y = i * 86 + j * 14, j * 74 - i * 12 + 60
            keep = c.rng.random()
            far = (x - 560) ** 2 / 420**2 + (y - 540) ** 2 / 470**2
            if not 40 < x < 1150 or keep < 0.1 or far > 1.15 + keep * 0.4:
                continue
            w, h = 70 - 10 * keep, 56 - 8 * keep
            block = [(x, y), (x + w, y - w * 0.14), (x + w + h * 0.19, y + h - w * 0.14),
                (x + h * 0.19, y + h)]
            colour = ("#e3b58a", "#d99a74", "#e9c79a", "#cf8468")[int(keep * 97) % 4]
            c.quick(block, colour)
            for k in range(3):
                t = 0.2 + k * 0.3
                c.quick([(x + w * t, y - w * 0.14 * t + 8), (x + w * (t + 0.18),
                    y - w * 0.14 * (t + 0.18) + 8), (x + w * (t + 0.18) + 4, y - w * 0.14 * (t + 0.18) + 26),
                    (x + w * t + 4, y - w * 0.14 * t + 26)], mix(colour, BRICK, 0.45))


def rents_chart() -> Canvas:
    c = Canvas(52, PAPER)
    c.shade(c.rect(0, 0, 1600, 1067, "#f4e4c8"), ROSE, 0, 0.45)
    for i in range(7):
        c.quick_rect(90, 200 + i * 110, 1430, 3, "#dcc4a0")
    c.glow(1330, 190, 300, "#fff6dc", 0.8)
    c.disc(1330, 190, 84, MUSTARD)
    heights = (210, 262, 250, 330, 372, 455, 530, 690)
    for i, h in enumerate(heights):
        _bar_house(c, 120 + i * 176, 900, 150, h, i, CORAL if i == 7 else (TEAL, "#5e9c9a", "#3c7681",
            "#86b3a8")[i % 4])
    c.rect(60, 896, 1480, 14, INK, 7)
    line = smooth([(195 + i * 176, 900 - h - 118) for i, h in enumerate(heights)][:7])
    c.line(line, PLUM, 7)
    for i, h in enumerate(heights[:7]):
        c.disc(195 + i * 176, 900 - h - 118, 15, PLUM)
        c.disc(195 + i * 176, 900 - h - 118, 7, PAPER)
    for i in range(8):
        c.rect(170 + i * 176, 940, 50, 12, mix(PLUM, PAPER, 0.4), 6)
    return c


def _bar_house(c: Canvas, x: float, foot: float, w: float, h: float, i: int, colour: str) -> None:
    c.shade(c.rect(x, foot - h, w, h, colour), INK, 90, 0.55)
    c.shade(c.poly([(x - 12, foot - h), (x + w / 2, foot - h - 78), (x + w + 12, foot - h)], mix(colour, INK,
        0.45)), INK, 90, 0.5)
    c.rect(x + w - 44, foot - h - 84, 24, 62, mix(colour, INK, 0.5))
    c.rect(x + w / 2 - 20, foot - 78, 40, 80, MUSTARD if i % 3 else PAPER, 4)
    y, row = foot - h + 26, 0
    while y < foot - 130:
        for side in (0, 1):
            lit = (row * 2 + side * 3 + i) % 4 == 0
            c.rect(x + 26 + side * 60, y, 38, 48, MUSTARD if lit else mix(colour, INK, 0.55), 3)
            c.quick_rect(x + 26 + side * 60, y + 23, 38, 3, mix(colour, PAPER, 0.5))
        y += 84
        row += 1


def voices() -> Canvas:
    c = Canvas(53, "#f4e4c8")
    c.shade(c.rect(0, 0, 1600, 1067, "#f5e6cb"), SAND, 0, 0.6)
    for i in range(9):
        c.arc(800, 520, 560 + i * 60, 0, 360, "#ead4ac", 5)
    left = _profile()
    right = [(1600 - x, y) for x, y in left]  # they face each other
    one, two = c.poly_mask(left), c.poly_mask(right)
    c.fill(one, CORAL)
    c.shade(one, BRICK, 270, 0.7)
    c.fill(two, "#3a8a8b")
    c.shade(two, NAVY, 90, 0.7)
    for side in (-1, 1):
        c.disc(800 + side * 490, 400, 17, INK)
        c.line(smooth([(800 + side * 545, 352), (800 + side * 490, 330), (800 + side * 438, 346)]), INK, 13)
    for k, (r, colour) in enumerate(((34, MUSTARD), (66, PLUM), (100, MUSTARD), (138, PLUM))):
        c.arc(800, 640, r, 0, 360, colour, 9 - k)
    c.disc(800, 640, 12, MUSTARD)
    return c


def _profile() -> list[Point]:
    """A head in profile looking to the right, on the left of the picture."""
    face = smooth([(420, 150), (600, 150), (730, 230), (775, 350), (782, 420), (868, 540), (870, 566),
        (808, 590), (806, 612), (836, 640), (806, 664), (828, 700), (802, 730), (800, 800), (740, 850),
        (640, 846), (600, 900), (610, 1090)])
    back = smooth([(120, 1090), (190, 960), (250, 860), (240, 740), (180, 610), (160, 460), (230, 260),
        (420, 150)])
    return [(x - 160, y) for x, y in face + back]


def tide_clock() -> Canvas:
    c = Canvas(54, CORAL)
    c.shade(c.rect(0, 0, 1600, 1067, CORAL), BRICK, 0, 0.75)
    for i in range(40):
        a, b = math.pi * i / 20, math.pi * (i + 0.5) / 20
        c.tint(c.poly_mask([(800, 533), (800 + 1300 * math.cos(a), 533 + 1300 * math.sin(a)),
            (800 + 1300 * math.cos(b), 533 + 1300 * math.sin(b))]), "#f4a382", 0.22)
    c.fade(c.ellipse_mask(830, 575, 455, 455), INK, 45, 0.6)
    c.shade(c.disc(800, 533, 455, INK), PLUM, 225, 0.7)
    face = c.disc(800, 533, 420, "#f9ecd0")
    c.shade(face, "#f0c08a", 180, 0.7)
    c.disc(930, 330, 62, MUSTARD)
    for i, colour in enumerate(("#86c0b4", "#5aa6a3", "#3b8a90", "#2a6c7c", "#1d4f66")):
        crest = wave(360, 1240, 560 + i * 74, 20 + i * 2, 300 - i * 12, i * 1.8)
        mask = c.both(c.poly_mask([*crest, (1240, 1000), (360, 1000)]), face)
        c.fill(mask, colour)
        c.shade(mask, INK, 0, 0.3)
    for i in range(60):
        a, long = i * math.pi / 30, 40 if i % 5 == 0 else 16
        p, q = (800 + 398 * math.sin(a), 533 - 398 * math.cos(a)), (800 + (398 - long) * math.sin(a),
            533 - (398 - long) * math.cos(a))
        c.line([p, q], INK if i < 16 or i > 44 else PAPER, 10 if i % 5 == 0 else 4)
    c.line([(800, 533), (640, 300)], INK, 20)
    c.line([(800, 533), (1050, 610)], INK, 13)
    c.disc(632, 288, 58, PAPER)
    c.shade(c.disc(632, 288, 58, PAPER), "#c9b48c", 90, 0.7)
    for x, y, r in ((615, 270, 11), (650, 300, 15), (628, 318, 7)):
        c.disc(x, y, r, "#d9c49a")
    c.disc(800, 533, 26, MUSTARD)
    c.shade(c.poly([(560, 640), (590, 690), (730, 690), (760, 634)], BRICK), INK, 0, 0.7)
    c.shade(c.poly([(654, 630), (654, 500), (738, 624)], PAPER), SAND, 90, 0.8)
    for x, y, s in ((1000, 450, 54), (1070, 490, 38), (260, 240, 76), (1390, 300, 66), (1300, 220, 48)):
        gull(c, x, y, s, INK if 380 < x < 1220 else PAPER)
    return c


def ballot() -> Canvas:
    c = Canvas(55, TEAL)
    c.shade(c.rect(0, 0, 1600, 1067, "#2a7479"), NAVY, 0, 0.75)
    for i in range(7):
        c.tint(c.ellipse_mask(800, 620, 240 + i * 130, 240 + i * 130), FOAM, 0.055)
    c.fade(c.poly_mask([(330, 1000), (1270, 1000), (1560, 1090), (330, 1090)]), INK, 270, 0.5)
    c.shade(c.poly([(400, 640), (520, 520), (1080, 520), (1200, 640)], "#3a2740"), INK, 0, 0.7)
    c.poly([(560, 566), (1040, 566), (1056, 590), (544, 590)], "#0f1626")
    paper = c.poly([(610, 190), (960, 230), (930, 584), (580, 584)], PAPER)
    c.shade(paper, SAND, 90, 0.8)
    for i in range(3):
        y = 340 + i * 76
        c.line([(650, y), (800, y + 12)], mix(INK, PAPER, 0.35), 9)
        c.line([(860, y - 18), (904, y - 14), (900, y + 30), (856, y + 26), (860, y - 18)], INK, 5)
    c.line([(866, 400), (894, 430)], CORAL, 9)
    c.line([(896, 402), (864, 428)], CORAL, 9)
    front = c.rect(400, 638, 800, 390, CORAL, 8)
    c.shade(front, PLUM, 0, 0.75)
    c.rect(400, 638, 800, 26, BRICK, 4)
    c.shade(c.rect(660, 740, 280, 190, PAPER, 8), SAND, 0, 0.7)
    c.line([(740, 780), (860, 890)], INK, 24)
    c.line([(860, 780), (740, 890)], INK, 24)
    for x in (430, 1150):
        c.shade(c.rect(x, 700, 24, 290, BRICK, 8), INK, 0, 0.5)
    skin = SKINS[2]
    sleeve = c.poly([(640, -20), (1010, -20), (950, 120), (690, 130)], MUSTARD)
    c.shade(sleeve, BRICK, 90, 0.8)
    c.rect(684, 96, 276, 44, PAPER, 10)
    palm = c.poly(smooth([(704, 130), (690, 200), (700, 268), (780, 286), (900, 276), (948, 220),
        (940, 130)]), skin)
    c.shade(palm, PLUM, 90, 0.6)
    for i, (x, long) in enumerate(((722, 96), (778, 122), (834, 124), (890, 100))):
        c.shade(c.rect(x - 27, 216, 54, long, skin, 27), PLUM, 90 if i > 1 else 0, 0.5)
        c.rect(x - 14, 216 + long - 34, 28, 26, mix(skin, PAPER, 0.5), 12)
    c.line(smooth([(704, 190), (646, 226), (634, 290)]), skin, 50)
    return c


PICTURES = {
    "flood-map": flood_map,
    "rents-chart": rents_chart,
    "voices": voices,
    "tide-clock": tide_clock,
    "ballot": ballot,
}
