"""The sea and the port."""

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
    ROSE,
    SAND,
    SEA,
    Canvas,
    Point,
    mix,
    smooth,
)
from cms.demo.drawing.parts import cloud, crane, gull, hills, path_of_light, ripples, sea, stars


def harbour_dusk() -> Canvas:
    c = Canvas(1)
    c.sky([(0, "#3b2350"), (220, "#8a3a58"), (420, CORAL), (560, AMBER), (690, "#f7cf7a")], bottom=700)
    c.glow(930, 600, 520, "#fbe3a0", 0.75)
    c.disc(930, 585, 128, "#fdeec0")
    for x, y, w in ((120, 250, 420), (1080, 190, 380), (620, 330, 300), (1240, 400, 330), (-60, 430, 300)):
        cloud(c, x, y, w, mix(CORAL, PLUM, 0.45 - y / 1400), 17)
    hills(c, 702, 610, mix(PLUM, CORAL, 0.35), PLUM, 0.5)
    c.sky([(700, "#f3b066"), (790, "#c9565a"), (930, PLUM), (1067, "#241a38")], top=700)
    path_of_light(c, 930, 708, 1040, 120, "#fbe0a2")
    ripples(c, 712, 1050, "#8d3f58", 70)
    c.quick_rect(0, 742, 1600, 40, INK)
    _coaster(c, 560, 736)
    tips = [crane(c, 300, 744, 560, 1, INK), crane(c, 1130, 744, 640, 1, INK, 0.5),
        crane(c, 1450, 744, 480, 1, INK, 0.4)]
    for tip_x, tip_y in tips:
        c.line([(tip_x, tip_y), (tip_x, tip_y + 150)], INK, 2)
        c.rect(tip_x - 9, tip_y + 150, 18, 22, INK, 3)
    for x in range(30, 1600, 105):
        c.quick_rect(x, 760, 16, 150 + 20 * math.sin(x), mix(INK, PLUM, 0.25))
    c.shade(c.rect(0, 742, 1600, 40, INK), PLUM, 180, 0.4)
    for x, y, s in ((760, 190, 70), (850, 262, 48), (700, 300, 36), (905, 150, 32)):
        gull(c, x, y, s, "#fbe3c0")
    return c


def _coaster(c: Canvas, x: float, water: float) -> None:
    hull = smooth([(x - 40, water - 74), (x + 10, water + 40), (x + 60, water + 48)], steps=8)
    hull += [(x + 560, water + 48), (x + 566, water - 58), (x + 480, water - 58), (x + 470, water - 40)]
    hull += [(x + 120, water - 40), (x + 60, water - 62)]
    c.shade(c.poly(hull, "#2a2144"), INK, 0, 0.9)
    c.quick([(x - 2, water + 14), (x + 8, water + 26), (x + 563, water + 26), (x + 564, water + 14)], CORAL)
    c.shade(c.rect(x + 430, water - 150, 110, 96, PAPER), ROSE, 270, 0.8)
    c.rect(x + 418, water - 178, 100, 32, PAPER, 4)
    for i in range(5):
        c.quick_rect(x + 426 + i * 18, water - 170, 12, 14, MUSTARD if i % 2 else INK)
    for i in range(4):
        c.dot(x + 448 + i * 25, water - 110, 6, INK)
    c.shade(c.rect(x + 500, water - 222, 34, 70, CORAL), BRICK, 90, 0.8)
    c.quick_rect(x + 500, water - 212, 34, 12, INK)
    for i, colour in enumerate((mix(CORAL, PLUM, 0.4), "#6b4a6b", mix(AMBER, PLUM, 0.4), "#6b4a6b")):
        c.shade(c.rect(x + 130 + i * 72, water - 72, 68, 34, colour), INK, 0, 0.5)
    c.line([(x + 110, water - 40), (x + 110, water - 190)], INK, 5)
    c.line([(x + 110, water - 186), (x + 30, water - 68)], INK, 2)
    c.line([(x + 110, water - 186), (x + 420, water - 170)], INK, 2)


def lighthouse() -> Canvas:
    c = Canvas(2)
    c.sky([(0, "#0e1830"), (380, NAVY), (640, "#2d6a78"), (740, "#6fa79b")], bottom=745)
    stars(c, 170, 560)
    c.disc(1330, 190, 58, PAPER)
    c.disc(1306, 176, 54, "#152340")
    lamp: Point = (470, 292)
    for far_y, near, strength in ((120, 470, 0.5), (190, 400, 0.62)):
        beam = c.poly_mask([lamp, (1640, far_y), (1640, near)])
        c.fade(beam, "#f9dc8c", 270, strength)
    c.fade(c.poly_mask([lamp, (-60, 180), (-60, 380)]), "#f9dc8c", 90, 0.5)
    hills(c, 745, 668, "#24506a", NAVY, 0.6)
    sea(c, 740, ["#2b6f79", "#235d6c", "#1c4a5e", "#173a50", "#122b42"], 6)
    path_of_light(c, 1180, 750, 930, 120, "#f1d995")
    ripples(c, 760, 1040, "#79b3a6", 60, 560)
    land = [(-20, 640), (140, 600), (330, 585), (520, 600), (640, 660), (720, 730), (800, 800), (840, 900),
        (960, 1000)]
    mask = c.poly([*smooth(land), (980, 1090), (-20, 1090)], "#17293f")
    c.shade(mask, "#3f6f6c", 180, 0.55, 0.75)
    grass = c.poly([*smooth([(-20, 640), (140, 600), (330, 585), (520, 600), (640, 660)]), (520, 640),
        (-20, 700)], "#3d6c63")
    c.shade(grass, "#17293f", 0, 0.7)
    _tower(c, 470, 600)
    _cottage(c, 190, 612)
    c.glow(*lamp, 170, "#fdeeb8", 0.95)
    c.disc(*lamp, 15, "#fffbe6")
    for x, y, r in ((700, 985, 90), (840, 1020, 70), (560, 1010, 120)):
        c.shade(c.ellipse(x, y, r, r * 0.55, "#101d31"), "#3f6f6c", 180, 0.5, 0.6)
    c.line(smooth([(690, 930), (760, 905), (830, 940), (905, 965), (990, 1030)]), FOAM, 5)
    c.line(smooth([(740, 880), (800, 862), (860, 905)]), FOAM, 3)
    return c


def _tower(c: Canvas, x: float, foot: float) -> None:
    for i in range(6):
        top, bottom = foot - 270 + i * 45, foot - 225 + i * 45
        a, b = 36 + (top - foot + 270) * 0.075, 36 + (bottom - foot + 270) * 0.075
        band = c.poly([(x - a, top), (x + a, top), (x + b, bottom + 1), (x - b, bottom + 1)],
            CORAL if i % 2 == 0 else PAPER)
        c.shade(band, PLUM, 270, 0.75, 0.85)
    c.rect(x - 50, foot - 282, 100, 13, INK, 3)
    c.rect(x - 24, foot - 336, 48, 54, "#f9dc8c")
    for dx in (-24, -8, 8, 22):
        c.quick_rect(x + dx, foot - 336, 3, 54, INK)
    c.poly([(x - 34, foot - 334), (x, foot - 372), (x + 34, foot - 334)], BRICK)
    c.line([(x, foot - 372), (x, foot - 396)], INK, 3)
    for y in (210, 130, 60):
        c.rect(x - 7, foot - y, 14, 24, INK, 7)


def _cottage(c: Canvas, x: float, foot: float) -> None:
    c.shade(c.rect(x, foot - 70, 150, 78, SAND), PLUM, 270, 0.6)
    c.shade(c.poly([(x - 12, foot - 68), (x + 24, foot - 118), (x + 128, foot - 118), (x + 162, foot - 68)],
        BRICK), INK, 270, 0.6)
    c.rect(x + 108, foot - 144, 22, 40, BRICK)
    for dx in (20, 104):
        c.rect(x + dx, foot - 46, 26, 28, MUSTARD)
        c.quick_rect(x + dx + 12, foot - 46, 3, 28, INK)
    c.rect(x + 63, foot - 46, 26, 52, INK)


def ferry() -> Canvas:
    c = Canvas(3)
    c.sky([(0, "#8ec9c4"), (330, "#cfe6d6"), (600, "#f9e6c4")], bottom=620)
    c.glow(1240, 260, 330, "#fff3cf", 0.8)
    c.disc(1240, 260, 92, CORAL)
    for x, y, w in ((160, 210, 380), (860, 150, 260), (1130, 372, 420), (-80, 380, 340)):
        cloud(c, x, y, w, "#f6f2e2", 22)
    island = [(250, 620), (380, 560), (520, 430), (640, 330), (730, 380), (830, 300), (960, 420), (1120, 520),
        (1380, 622)]
    mask = c.poly([*smooth(island)], "#4f93a0")
    c.shade(mask, NAVY, 90, 0.6)
    near = c.poly([*smooth([(420, 622), (560, 560), (700, 520), (860, 560), (1010, 530), (1190, 590),
        (1300, 622)])], "#2f6f7c")
    c.shade(near, NAVY, 0, 0.5)
    for i in range(14):
        c.quick_rect(800 + i * 19, 606 - (i * 7) % 13, 12, 12, PAPER if i % 3 else ROSE)
    sea(c, 618, ["#5fb0aa", "#489c9c", "#38868d", "#2b707c", "#215a6b"], 9)
    ripples(c, 640, 1050, "#bfe5d8", 80)
    _ferry(c, 430, 790)
    wake = smooth([(330, 826), (500, 806), (1230, 806), (1330, 846), (1420, 872), (1260, 858), (900, 846),
        (520, 850)], closed=True)
    c.shade(c.poly(wake, "#eaf5ea"), SEA, 0, 0.5)
    c.line(smooth([(1230, 880), (1360, 900), (1520, 930)]), "#eaf5ea", 6)
    c.line(smooth([(300, 890), (200, 905), (60, 940)]), "#eaf5ea", 6)
    for x, y, s in ((330, 470, 70), (1180, 560, 56), (240, 560, 44), (1400, 480, 60), (1320, 640, 84)):
        gull(c, x, y, s, "#fffaf0")
    return c


def _ferry(c: Canvas, x: float, water: float) -> None:
    hull = [(x - 30, water - 78), (x + 20, water + 30), (x + 760, water + 30), (x + 850, water - 110),
        (x + 700, water - 84)]
    c.shade(c.poly(hull, "#b9403c"), PLUM, 0, 0.8)
    c.poly([(x - 30, water - 78), (x - 21, water - 58), (x + 818, water - 58), (x + 850, water - 110),
        (x + 700, water - 84)], INK)
    deck = c.poly([(x + 10, water - 84), (x + 10, water - 160), (x + 690, water - 160),
        (x + 740, water - 90)], PAPER)
    c.shade(deck, "#9db9b8", 270, 0.6)
    upper = c.poly([(x + 90, water - 160), (x + 100, water - 228), (x + 600, water - 228),
        (x + 640, water - 160)], PAPER)
    c.shade(upper, "#9db9b8", 270, 0.6)
    bridge = c.poly([(x + 470, water - 228), (x + 474, water - 284), (x + 600, water - 284),
        (x + 622, water - 228)], PAPER)
    c.shade(bridge, "#9db9b8", 270, 0.5)
    c.quick([(x + 486, water - 272), (x + 594, water - 272), (x + 606, water - 250), (x + 486, water - 250)],
        INK)
    for i in range(15):
        c.rect(x + 46 + i * 41, water - 140, 26, 24, "#2f5d6c", 5)
    for i in range(10):
        c.rect(x + 122 + i * 36, water - 210, 22, 22, "#2f5d6c", 5)
    c.quick_rect(x + 10, water - 102, 716, 7, CORAL)
    for dx in (170, 270):
        c.shade(c.poly([(x + dx, water - 228), (x + dx + 12, water - 330), (x + dx + 72, water - 330),
            (x + dx + 70, water - 228)], CORAL), PLUM, 270, 0.6)
        c.quick([(x + dx + 10, water - 312), (x + dx + 12, water - 330), (x + dx + 72, water - 330),
            (x + dx + 71, water - 312)], INK)
    for dx in (380, 430):
        c.shade(c.rect(x + dx, water - 246, 42, 16, AMBER, 8), BRICK, 0, 0.6)
    c.line([(x + 540, water - 284), (x + 540, water - 370)], INK, 4)
    c.line([(x + 520, water - 340), (x + 560, water - 340)], INK, 3)
    for i in range(34):
        c.quick_rect(x + 14 + i * 20, water - 176, 2, 16, INK)
    c.quick_rect(x + 12, water - 178, 670, 3, INK)


def wind_farm() -> Canvas:
    c = Canvas(5)
    c.sky([(0, "#5f9fb0"), (260, "#a9cdc4"), (470, "#f4d9b0"), (640, ROSE), (700, CORAL)], bottom=720)
    c.glow(640, 650, 560, "#fff0c4", 0.8)
    c.disc(640, 640, 120, "#fff2c9")
    for x, y, w in ((960, 250, 420), (90, 330, 330), (1180, 420, 300)):
        cloud(c, x, y, w, "#f9e4c6", 18)
    c.sky([(716, "#f2b48f"), (800, "#8fa9a2"), (930, "#3f7f8c"), (1067, "#1f5066")], top=716)
    path_of_light(c, 640, 724, 1050, 130, "#fff0cb")
    ripples(c, 730, 1050, "#cfe0cf", 70)
    for x, base, size, turn in ((110, 738, 210, 10), (330, 732, 170, 70), (930, 734, 190, 40),
        (1110, 742, 250, 95), (1500, 736, 200, 20), (820, 727, 120, 55)):
        _turbine(c, x, base, size, turn, "#f4ecdc", "#93a8a8")
    _turbine(c, 1320, 836, 600, 28, "#fdf6e6", "#7c95a0")
    _turbine(c, 430, 800, 400, 84, "#fdf6e6", "#7c95a0")
    x, y = 930, 880
    c.shade(c.poly([(x - 110, y - 24), (x - 84, y + 20), (x + 96, y + 20), (x + 132, y - 34)], CORAL), PLUM,
        0, 0.7)
    c.shade(c.rect(x + 4, y - 70, 70, 44, PAPER, 5), SEA, 270, 0.5)
    c.quick_rect(x + 16, y - 60, 50, 14, INK)
    c.line([(x + 30, y - 70), (x + 30, y - 112)], INK, 3)
    c.line(smooth([(x - 120, y + 24), (x - 220, y + 34), (x - 380, y + 30)]), "#fdf6e6", 5)
    c.line(smooth([(x + 110, y + 22), (x, y + 30), (x - 120, y + 26)]), "#fdf6e6", 5)
    return c


def _turbine(c: Canvas, x: float, base: float, size: float, turn: float, colour: str, shade: str) -> None:
    top, w = base - size, size * 0.016
    c.shade(c.rect(x - w * 2.4, base - size * 0.05, w * 4.8, size * 0.065, MUSTARD, 2), BRICK, 90, 0.6)
    tower = c.poly([(x - w * 1.5, base - size * 0.05), (x - w * 0.8, top), (x + w * 0.8, top),
        (x + w * 1.5, base - size * 0.05)], colour)
    c.shade(tower, shade, 90, 0.9)
    for blade in range(3):
        a = math.radians(turn + blade * 120)
        ux, uy, reach = math.sin(a), -math.cos(a), size * 0.56

        def at(along: float, side: float, ux: float = ux, uy: float = uy, reach: float = reach) -> Point:
            return x + ux * reach * along - uy * side * w, top + uy * reach * along + ux * side * w

        edge = smooth([at(0.02, -0.9), at(0.18, -1.9), at(0.6, -0.9), at(1, 0)], steps=8)
        shape = [*edge, at(0.6, 0.7), at(0.02, 0.9)]
        c.shade(c.poly(shape, colour), shade, 0, 0.5)
    c.disc(x, top, w * 1.9, colour)
    c.disc(x, top, w * 0.9, shade)


PICTURES = {
    "harbour-dusk": harbour_dusk,
    "lighthouse": lighthouse,
    "ferry": ferry,
    "wind-farm": wind_farm,
}
