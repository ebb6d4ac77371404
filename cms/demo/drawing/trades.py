"""Shops, stalls and plots."""

from cms.demo.drawing.kit import (
    AMBER,
    BRICK,
    CORAL,
    FOAM,
    INK,
    LEAF,
    MOSS,
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
)
from cms.demo.drawing.parts import cloud, figure, gull, hills
from cms.demo.drawing.town import SKINS


def fish_market() -> Canvas:
    c = Canvas(21, "#17324a")
    c.sky([(0, "#0f2035"), (500, "#1d4358")], bottom=560)
    for i in range(9):
        x = -40 + i * 210
        c.line([(x, -10), (800 + (x - 800) * 0.45, 330)], "#27516a", 9)
    for y, w in ((90, 8), (200, 6), (280, 4)):
        c.quick_rect(0, y, 1600, w, "#27516a")
    c.rect(-10, 330, 1620, 240, "#2b6173")
    for i in range(7):
        c.shade(c.rect(40 + i * 232, 366, 150, 200, "#f2c27a" if i == 3 else "#1a3a50", 8), INK, 0, 0.6)
    c.sky([(560, "#4b8089"), (1067, "#173a4d")], top=560)
    for i, (x, tall) in enumerate(((180, 300), (420, 280), (640, 300), (1010, 290), (1220, 310),
        (1440, 285))):
        coat = (TEAL, CORAL, NAVY, MUSTARD, PLUM, BRICK)[i]
        figure(c, x, 730, tall, coat, SKINS[i])
        c.shade(c.rect(x - 34, 560, 68, 132, PAPER, 14), SEA, 90, 0.5)
    for x in (250, 800, 1350):
        c.line([(x, -10), (x, 128)], INK, 4)
        c.fade(c.poly_mask([(x - 50, 170), (x + 50, 170), (x + 420, 1067), (x - 420, 1067)]), "#ffe9ac", 180,
            0.42)
        c.glow(x, 178, 210, "#fff2c8", 0.9)
        c.shade(c.poly([(x - 84, 176), (x - 30, 120), (x + 30, 120), (x + 84, 176)], CORAL), INK, 270, 0.6)
        c.dot(x, 178, 34, "#fffbe8", 14)
    for row, (y, k, count) in enumerate(((700, 0.8, 7), (800, 1.0, 6), (930, 1.3, 5))):
        wide = 1720 / count
        for i in range(count):
            _fish_box(c, -60 + i * wide + row % 2 * 40, y, wide * 0.92, k, (BRICK, "#2f7f86", MUSTARD,
                "#3d5f86")[(i + row) % 4])
    return c


def _fish_box(c: Canvas, x: float, y: float, w: float, k: float, colour: str) -> None:
    h = 66 * k
    c.shade(c.poly([(x + 12, y), (x + w - 12, y), (x + w, y + h), (x, y + h)], "#e7f3ee"), SEA, 0, 0.35)
    for _ in range(30):
        c.dot(x + c.rng.uniform(14, w - 14), y + c.rng.uniform(4, h), c.rng.uniform(3, 8) * k,
            c.rng.choice(("#ffffff", "#cfe6e6", "#b5d6d9")))
    count = int(w / (54 * k))
    for i in range(count):
        fx, fy = x + 34 * k + i * (w - 50 * k) / count, y + h * c.rng.uniform(0.42, 0.62)
        _fish(c, fx, fy, 74 * k, 24 * k, ("#8fb4bd", "#a9c6c4", "#7398ab", "#d99a86")[c.rng.randrange(4)])
    c.shade(c.poly([(x, y + h), (x + w, y + h), (x + w - 8, y + h + 44 * k), (x + 8, y + h + 44 * k)],
        colour), INK, 0, 0.6)
    c.rect(x + w / 2 - 30 * k, y + h + 12 * k, 60 * k, 12 * k, mix(colour, INK, 0.6), 6 * k)


def _fish(c: Canvas, x: float, y: float, long: float, deep: float, colour: str) -> None:
    back = smooth([(x - long / 2, y), (x - long * 0.2, y - deep * 0.6), (x + long * 0.2, y - deep * 0.35),
        (x + long * 0.38, y)])
    belly = smooth([(x + long * 0.38, y), (x + long * 0.2, y + deep * 0.4), (x - long * 0.2, y + deep * 0.6),
        (x - long / 2, y)])
    mask = c.poly([*back, *belly], "#e9f1ee")
    c.shade(mask, mix(colour, NAVY, 0.25), 180, 1)
    c.quick([(x + long * 0.34, y), (x + long * 0.55, y - deep * 0.55), (x + long * 0.5, y), (x + long * 0.55,
        y + deep * 0.55)], mix(colour, NAVY, 0.4))
    c.dot(x - long * 0.36, y - deep * 0.12, deep * 0.11, INK)


def bakery() -> Canvas:
    c = Canvas(22, "#24425a")
    c.shade(c.rect(0, 0, 1600, 1067, "#2b5064"), "#152a40", 180, 0.9)
    for row in range(9):
        for i in range(13):
            x = i * 132 - (66 if row % 2 else 0)
            c.rect(x, row * 40 - 8, 126, 34, mix("#2b5064", "#1c3850", c.rng.random()), 3)
    c.shade(c.rect(70, 250, 1460, 740, "#14283d", 8), INK, 0, 0.7)
    glass = c.rect(110, 330, 1010, 560, "#fbd98c", 6)
    c.shade(glass, AMBER, 0, 0.75)
    c.glow(610, 400, 520, "#fff4cf", 0.75)
    for i, y in enumerate((520, 690, 862)):
        c.rect(118, y, 994, 16, "#8c4f34")
        c.shade(c.rect(118, y + 16, 994, 18, "#c47a45"), BRICK, 0, 0.8)
        left = 168.0
        kind = i
        while left < 1080:
            left += _loaf(c, left, y, kind, i)
            kind += 1
    c.line([(616, 330), (616, 890)], "#14283d", 12)
    c.shade(c.rect(1180, 330, 290, 660, BRICK, 6), PLUM, 0, 0.8)
    c.shade(c.rect(1216, 370, 218, 300, "#fbd98c", 6), AMBER, 0, 0.8)
    figure(c, 1325, 770, 330, PAPER, SKINS[2])
    c.rect(1180, 670, 290, 320, BRICK)
    c.shade(c.rect(1216, 710, 218, 240, "#8a2f30", 6), INK, 0, 0.5)
    c.disc(1440, 700, 11, MUSTARD)
    _awning(c, 50, 190, 1500, 150, 20, (CORAL, PAPER))
    c.sky([(990, "#56697a"), (1067, "#2a3c50")], top=990)
    c.fade(c.poly_mask([(110, 990), (1120, 990), (1300, 1067), (0, 1067)]), "#ffd98e", 180, 0.75)
    figure(c, 800, 1046, 480, TEAL, SKINS[0])
    figure(c, 960, 1046, 330, MUSTARD, SKINS[4])
    c.line([(848, 900), (930, 896)], TEAL, 20)
    return c


def _loaf(c: Canvas, x: float, y: float, kind: int, row: int) -> float:
    """One kind of bread standing on a shelf; returns the room it takes."""
    crust, dark = ("#d0853f", "#8c4f2a") if (kind + row) % 2 else ("#b9682f", "#70381f")
    if kind % 4 == 0:
        c.shade(c.poly(smooth([(x - 46, y), (x - 56, y - 46), (x - 20, y - 84), (x + 40, y - 84),
            (x + 74, y - 46), (x + 62, y)]), crust), dark, 90, 0.9)
        for i in range(3):
            c.line([(x - 20 + i * 30, y - 76), (x - 4 + i * 30, y - 44)], SAND, 5)
        return 170
    if kind % 4 == 1:
        for i in range(3):
            c.shade(c.ellipse(x - 26 + i * 52, y - 28, 31, 29, crust), dark, 90, 0.8)
            c.dot(x - 32 + i * 52, y - 46, 9, "#f3cf93", 5)
        return 200
    if kind % 4 == 2:
        for i in range(4):
            top: Point = (x - 34 + i * 34, y - 150 + 8 * (i % 2))
            c.shade(c.poly(smooth([(x - 38 + i * 26, y), (top[0] - 8, top[1]), (top[0] + 14, top[1] + 4),
                (x - 8 + i * 26, y)]), crust), dark, 90, 0.8)
        c.shade(c.poly([(x - 56, y - 62), (x + 74, y - 62), (x + 58, y), (x - 42, y)], "#7a4a2e"), INK, 0,
            0.6)
        return 160
    c.shade(c.poly(smooth([(x - 56, y), (x - 58, y - 30), (x, y - 66), (x + 58, y - 30), (x + 56, y)]),
        crust), dark, 0, 0.7)
    c.line([(x - 26, y - 34), (x + 26, y - 46)], SAND, 6)
    c.line([(x - 8, y - 58), (x + 8, y - 20)], SAND, 6)
    return 150


def _awning(c: Canvas, x: float, y: float, w: float, h: float, stripes: int, colours: tuple[str,
    str]) -> None:
    each = w / stripes
    for i in range(stripes):
        left, inset = x + i * each, 26
        top_l, top_r = x + inset + i * (w - 2 * inset) / stripes, x + inset + (i + 1) * (w - 2 * inset) / stripes
        mask = c.poly([(top_l, y), (top_r, y), (left + each, y + h), (left, y + h)], colours[i % 2])
        c.shade(mask, INK, 0, 0.28)
        c.shade(c.ellipse(left + each / 2, y + h, each / 2, each * 0.42, colours[i % 2]), INK, 0, 0.4)


def high_street() -> Canvas:
    c = Canvas(23)
    c.sky([(0, "#8fc3c2"), (300, "#dcead8"), (420, "#f8e6c0")])
    cloud(c, 160, 130, 380, "#f8f3e2", 20)
    cloud(c, 1040, 90, 360, "#f8f3e2", 20)
    fronts = (
        (0, 330, 150, ROSE, (CORAL, PAPER)), (320, 310, 90, "#5e9c9a", (TEAL, SAND)), (620, 340, 180,
            "#d9cdb4", None),
        (950, 300, 70, MUSTARD, (PLUM, PAPER)), (1240, 370, 140, "#c4694f", (NAVY, PAPER)),
    )
    for i, (x, w, top, wall, awning) in enumerate(fronts):
        _shop(c, x, w, top, wall, awning, i)
    c.shade(c.rect(-5, 900, 1610, 60, "#d8c8ab"), BRICK, 0, 0.35)
    c.sky([(956, "#8d9091"), (1067, "#5f6570")], top=956)
    for i, (x, y, tall, coat) in enumerate(((240, 960, 230, TEAL), (310, 962, 150, MUSTARD),
        (890, 955, 225, PLUM), (1150, 968, 240, CORAL), (1225, 966, 228, NAVY), (700, 1010, 260, LEAF))):
        c.dot(x, y + 2, tall * 0.22, "#5b5d64" if y > 970 else "#b3a184", 8)
        figure(c, x, y, tall, coat, SKINS[i])
    for x0, x1, y in ((-40, 820, 60), (780, 1660, 40)):
        _bunting(c, x0, x1, y)
    gull(c, 720, 130, 60)
    return c


def _shop(c: Canvas, x: float, w: float, top: float, wall: str, awning: tuple[str, str] | None,
    i: int) -> None:
    c.shade(c.rect(x, top, w, 900 - top, wall), PLUM, 0, 0.35)
    if i % 2:
        c.shade(c.poly([(x - 6, top), (x + w / 2, top - 96), (x + w + 6, top)], wall), PLUM, 90, 0.4)
        c.disc(x + w / 2, top - 30, 18, INK)
    else:
        c.shade(c.rect(x - 6, top - 22, w + 12, 30, mix(wall, INK, 0.4)), INK, 0, 0.5)
    for row in range(2):
        for col in range(3):
            wx, wy = x + w * (0.1 + col * 0.3), top + 50 + row * (560 - top) * 0.44
            tall = (560 - top) * 0.32
            c.rect(wx - 6, wy - 6, w * 0.2 + 12, tall + 12, PAPER, 3)
            c.shade(c.rect(wx, wy, w * 0.2, tall, "#2d5266"), FOAM, 180, 0.5)
            c.quick_rect(wx, wy + tall / 2, w * 0.2, 4, PAPER)
    c.rect(x + 10, 566, w - 20, 58, INK if awning else "#8f8a80", 4)
    if awning is None:
        c.shade(c.rect(x + 18, 640, w - 36, 262, "#8a9298", 3), INK, 0, 0.4)
        for y in range(652, 895, 18):
            c.quick_rect(x + 18, y, w - 36, 4, "#6d757e")
        c.quick([(x + 90, 700), (x + 250, 688), (x + 254, 752), (x + 94, 764)], PAPER)
        for k in range(3):
            c.line([(x + 110, 718 + k * 14), (x + 226 - k * 30, 709 + k * 14)], CORAL if k == 0 else INK, 4)
        return
    c.shade(c.rect(x + 18, 640, w * 0.58, 240, "#fbdf9f", 4), AMBER, 0, 0.7)
    c.rect(x + 18, 868, w * 0.58, 34, mix(wall, INK, 0.6))
    c.shade(c.rect(x + w * 0.7, 650, w * 0.23, 252, awning[0], 4), INK, 0, 0.6)
    c.rect(x + w * 0.735, 680, w * 0.16, 110, "#fbdf9f", 3)
    for k in range(4):
        c.shade(c.disc(x + 48 + k * w * 0.14, 838, 22, (CORAL, MOSS, PLUM, SEA)[(k + i) % 4]), INK, 90, 0.5)
    for dx in (0.2, 0.42):
        c.shade(c.rect(x + w * dx, 720, 30, 60, (TEAL, BRICK, LEAF)[i % 3], 6), INK, 90, 0.5)
    _awning(c, x + 6, 612, w - 12, 66, 9, awning)
    c.disc(x + w - 40, 594, 8, MUSTARD)


def _bunting(c: Canvas, x0: float, x1: float, y: float) -> None:
    sag = smooth([(x0, y), ((x0 + x1) / 2, y + 110), (x1, y - 10)], steps=11)
    c.line(sag, INK, 2)
    for i, (x, at) in enumerate(sag[1::1]):
        c.quick([(x - 14, at), (x + 14, at), (x, at + 34)], (CORAL, MUSTARD, TEAL, PAPER)[i % 4])


def allotment() -> Canvas:
    c = Canvas(24)
    c.sky([(0, "#9fd0c8"), (330, "#f1ecd2")], bottom=520)
    c.disc(1300, 170, 74, MUSTARD)
    cloud(c, 240, 190, 360, "#fbf6e6", 22)
    hills(c, 500, 340, "#7fae94", LEAF, 0.5)
    hills(c, 520, 430, "#5d9078", LEAF, 0.6)
    c.sky([(500, "#8fa35c"), (1067, "#5d7a45")], top=500)
    for i in range(7):
        left, right = 40 + i * 122, 120 + i * 122
        low_l, low_r = 800 + (left - 430) * 2.5 - 420, 800 + (right - 430) * 2.5 - 420
        bed = c.poly([(left + 60, 530), (right + 60, 530), (low_r, 1080), (low_l, 1080)], "#6b4436")
        c.shade(bed, INK, 0, 0.45)
        for row in range(15):
            t = (row / 14) ** 1.7
            y = 540 + 520 * t
            a, b = left + 60 + (low_l - left - 60) * t, right + 60 + (low_r - right - 60) * t
            _plant(c, (a + b) / 2, y, 12 + 42 * t, i)
    _shed(c, 1120, 620)
    for i in range(5):
        x = 250 + i * 46
        c.line([(x, 640), (x + 20 - i * 2, 380)], "#8a5a3c", 5)
        for k in range(12):
            c.dot(x + k * 1.6 + c.rng.uniform(-15, 15), 620 - k * 19, c.rng.uniform(8, 14),
                LEAF if k % 3 else MOSS)
        c.dot(x + 8, 560 - i * 14, 8, CORAL)
    figure(c, 980, 800, 330, CORAL, SKINS[3])
    c.shade(c.poly(smooth([(918, 546), (950, 532), (980, 488), (1010, 532), (1044, 546)]), MUSTARD), BRICK,
        90, 0.6)
    c.line([(1030, 640), (1046, 850)], "#8a5a3c", 8)
    c.line([(1022, 850), (1072, 850)], INK, 8)
    return c


def _plant(c: Canvas, x: float, y: float, size: float, kind: int) -> None:
    green = (LEAF, MOSS, "#4f8a5a", "#8fae5a", "#3f7a6a", MOSS, LEAF)[kind]
    if kind % 3 == 0:
        c.dot(x, y, size * 0.9, green, size * 0.6)
        c.dot(x, y - size * 0.12, size * 0.5, mix(green, PAPER, 0.35), size * 0.32)
    elif kind % 3 == 1:
        for lean in (-0.7, -0.3, 0.1, 0.5, 0.9):
            c.line([(x, y + size * 0.3), (x + lean * size * 0.8, y - size * 0.8)], green, max(2, size * 0.12))
        c.dot(x, y + size * 0.25, size * 0.24, AMBER, size * 0.16)
    else:
        for dx in (-0.5, 0, 0.5):
            c.dot(x + dx * size, y, size * 0.42, green, size * 0.5)
        c.dot(x + size * 0.2, y - size * 0.1, size * 0.18, CORAL)


def _shed(c: Canvas, x: float, foot: float) -> None:
    c.shade(c.rect(x, foot - 230, 300, 240, BRICK), PLUM, 90, 0.7)
    for i in range(10):
        c.quick_rect(x + i * 30, foot - 230, 3, 240, "#7d2c30")
    c.shade(c.poly([(x - 30, foot - 222), (x + 30, foot - 320), (x + 280, foot - 320), (x + 330, foot - 222)],
        "#3c4f63"), INK, 90, 0.6)
    c.rect(x + 36, foot - 180, 88, 84, PAPER, 4)
    c.shade(c.rect(x + 44, foot - 172, 72, 68, "#2d5266"), FOAM, 180, 0.6)
    c.shade(c.rect(x + 168, foot - 180, 92, 190, TEAL, 4), INK, 0, 0.6)
    c.shade(c.rect(x - 96, foot - 76, 80, 86, "#5f7f86", 8), INK, 90, 0.6)
    c.shade(c.rect(x + 330, foot - 40, 84, 56, MUSTARD, 8), BRICK, 90, 0.6)
    c.line([(x + 414, foot - 20), (x + 458, foot - 62)], MUSTARD, 9)
    c.arc(x + 372, foot - 42, 32, 180, 360, MUSTARD, 7)


PICTURES = {
    "fish-market": fish_market,
    "bakery": bakery,
    "high-street": high_street,
    "allotment": allotment,
}
