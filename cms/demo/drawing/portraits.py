"""Staff portraits: geometric faces, half in shadow."""

from collections.abc import Callable
from dataclasses import dataclass

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
    SQUARE,
    TEAL,
    Canvas,
    Point,
    mix,
    smooth,
)

X, Y = 400, 372  # the middle of the face


@dataclass(frozen=True)
class Sitter:
    ground: str
    halo: str
    skin: str
    hair: str
    coat: str
    collar: str
    behind: Callable[[Canvas, str], None] | None
    front: Callable[[Canvas, str], None]
    wide: float = 1.0
    glasses: str = ""
    beard: str = ""
    earrings: str = ""
    lips: str = BRICK
    grey_brows: bool = False


def paint(seed: int, who: Sitter) -> Canvas:
    c = Canvas(seed, who.ground, SQUARE)
    c.shade(c.rect(0, 0, 800, 800, who.ground), INK, 0, 0.35)
    c.shade(c.disc(X, 390, 318, who.halo), who.ground, 0, 0.8)
    if who.behind:
        who.behind(c, who.hair)
    _bust(c, who)
    for side in (-1, 1):
        ear = c.ellipse(X + side * 126 * who.wide, Y + 14, 24, 40, mix(who.skin, PLUM,
            0.12 if side < 0 else 0.3))
        c.shade(ear, PLUM, 0, 0.3)
        if who.earrings:
            c.disc(X + side * 130 * who.wide, Y + 68, 13, who.earrings)
    face = c.poly(_face(who.wide), who.skin)
    c.shade(face, mix(who.skin, CORAL, 0.4), 0, 0.45)
    shadow = smooth([(X + 4, Y - 190), (X - 2, Y - 60), (X + 26, Y + 50), (X - 4, Y + 66), (X + 2, Y + 110),
        (X + 14, Y + 200)])
    half = c.both(face, c.poly_mask([*shadow, (X + 300, Y + 220), (X + 300, Y - 200)]))
    c.tint(half, PLUM, 0.24)
    c.shade(half, PLUM, 90, 0.35)
    if who.beard:
        _beard(c, who)
    _features(c, who)
    who.front(c, who.hair)
    if who.glasses:
        for side in (-1, 1):
            c.tint(c.ellipse_mask(X + side * 56, Y + 4, 45, 42), PAPER, 0.22)
            c.arc(X + side * 56, Y + 4, 46, 0, 360, who.glasses, 8)
            c.line([(X + side * 102, Y - 4), (X + side * 128 * who.wide, Y - 10)], who.glasses, 8)
        c.arc(X, Y + 2, 15, 190, 350, who.glasses, 8)
    return c


def _face(wide: float) -> list[Point]:
    half = [(0, 172), (58, 160), (102, 108), (124, 30), (126, -60), (98, -138), (0, -170)]
    right = [(X + x * wide, Y + y) for x, y in half]
    left = [(2 * X - x, y) for x, y in reversed(right[1:-1])]
    return smooth([*right, *left], closed=True)


def _bust(c: Canvas, who: Sitter) -> None:
    shoulders = smooth([(40, 840), (74, 690), (190, 628), (320, 596), (480, 596), (610, 628), (726, 690),
        (760, 840)])
    c.shade(c.poly(shoulders, who.coat), INK, 90, 0.7)
    neck = c.poly([(X - 62, Y + 90), (X + 62, Y + 90), (X + 72, 620), (X, 664), (X - 72, 620)],
        mix(who.skin, PLUM, 0.2))
    c.shade(neck, PLUM, 180, 0.8)
    for side in (-1, 1):
        flap = [(X + side * 60, 576), (X + side * 122, 606), (X + side * 96, 712), (X, 668)]
        c.shade(c.poly(flap, who.collar), INK, 90 if side > 0 else 0, 0.45)


def _features(c: Canvas, who: Sitter) -> None:
    brow = mix(who.beard or who.hair, PAPER if who.grey_brows else INK, 0.25)
    for side in (-1, 1):
        x = X + side * 56
        c.line(smooth([(x - 34, Y - 40 + 6 * (side < 0)), (x, Y - 54), (x + 34, Y - 40 + 6 * (side > 0))]),
            brow, 11)
        c.ellipse(x, Y + 4, 27, 16, "#fbf4e6")
        c.disc(x + 2, Y + 4, 13.5, INK)
        c.disc(x + 7, Y - 1, 3.6, PAPER)
        c.line(smooth([(x - 29, Y + 6), (x - 12, Y - 12), (x + 12, Y - 12), (x + 29, Y + 6)]), INK, 6)
    c.line(smooth([(X + 6, Y - 10), (X + 24, Y + 50), (X + 2, Y + 62), (X - 16, Y + 54)]), mix(who.skin, PLUM,
        0.5), 6)
    upper = smooth([(X - 46, Y + 102), (X - 16, Y + 92), (X, Y + 98), (X + 16, Y + 92), (X + 46, Y + 102)])
    lower = smooth([(X + 46, Y + 102), (X + 20, Y + 122), (X, Y + 126), (X - 20, Y + 122), (X - 46, Y + 102)])
    c.shade(c.poly([*upper, *lower], who.lips), PLUM, 90, 0.5)
    c.line(smooth([(X - 52, Y + 98), (X - 20, Y + 105), (X + 20, Y + 105), (X + 52, Y + 98)]),
        mix(who.lips, INK, 0.6), 5)
    for side in (-1, 1):
        c.tint(c.ellipse_mask(X + side * 76, Y + 66, 30, 30), CORAL, 0.2)


def _beard(c: Canvas, who: Sitter) -> None:
    w = who.wide
    outer = [(X - 130 * w, Y + 4), (X - 118 * w, Y + 110), (X - 66 * w, Y + 184), (X, Y + 206),
        (X + 66 * w, Y + 184), (X + 118 * w, Y + 110), (X + 130 * w, Y + 4)]
    inner = [(X + 104 * w, Y + 40), (X + 82 * w, Y + 82), (X + 44, Y + 80), (X, Y + 72), (X - 44, Y + 80),
        (X - 82 * w, Y + 82), (X - 104 * w, Y + 40)]
    c.shade(c.poly([*smooth(outer), *smooth(inner)], who.beard), INK, 90, 0.6)


# ── hair and hats ──


def _cap_of(c: Canvas, points: list[Point], colour: str, light: float = 0.4) -> None:
    mask = c.poly(smooth(points, closed=True), colour)
    c.shade(mask, INK, 90, 0.6)
    c.shade(mask, mix(colour, PAPER, 0.5), 225, light, 0.6)


def wavy_behind(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 190, Y + 200), (X - 214, Y + 60), (X - 176, Y - 110), (X - 60, Y - 214),
        (X + 80, Y - 214), (X + 180, Y - 110), (X + 214, Y + 60), (X + 190, Y + 210), (X + 100, Y + 250),
        (X - 100, Y + 250)], hair)


def wavy(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 150, Y + 60), (X - 160, Y - 90), (X - 60, Y - 206), (X + 70, Y - 210), (X + 160, Y - 90),
        (X + 150, Y + 60), (X + 112, Y - 60), (X + 30, Y - 130), (X - 60, Y - 84), (X - 118, Y - 40)], hair)


def bob_behind(c: Canvas, hair: str) -> None:
    c.shade(c.rect(X - 186, Y - 160, 372, 330, hair, 120), INK, 0, 0.6)


def bob(c: Canvas, hair: str) -> None:
    fringe = smooth([(X - 184, Y + 150), (X - 190, Y - 60), (X - 110, Y - 204), (X, Y - 222),
        (X + 110, Y - 204), (X + 190, Y - 60), (X + 184, Y + 150)])
    inner = [(X + 120, Y + 150), (X + 128, Y - 74), (X - 128, Y - 74), (X - 120, Y + 150)]
    mask = c.poly([*fringe, *inner], hair)
    c.shade(mask, "#4d6c9a", 180, 0.5, 0.6)


def turban(c: Canvas, cloth: str) -> None:
    _cap_of(c, [(X - 146, Y - 40), (X - 176, Y - 150), (X - 96, Y - 246), (X + 20, Y - 262),
        (X + 130, Y - 228), (X + 178, Y - 140), (X + 146, Y - 40), (X + 70, Y - 96), (X, Y - 128),
        (X - 70, Y - 96)], cloth)
    for k in range(4):
        c.line(smooth([(X - 158 + k * 8, Y - 84 - k * 40), (X - 40, Y - 150 - k * 30), (X + 40 + k * 18,
            Y - 196 - k * 15)]), mix(cloth, INK, 0.35), 4)
        c.line(smooth([(X + 158 - k * 8, Y - 84 - k * 40), (X + 60, Y - 140 - k * 26),
            (X - 10, Y - 140 - k * 20)]), mix(cloth, PAPER, 0.25), 4)
    c.poly([(X - 24, Y - 112), (X, Y - 152), (X + 24, Y - 112), (X, Y - 124)], AMBER)


def afro_behind(c: Canvas, hair: str) -> None:
    mask = c.disc(X, Y - 80, 232, hair)
    for _ in range(60):
        dx, dy = c.rng.uniform(-1, 1), c.rng.uniform(-1, 0.7)
        length = (dx * dx + dy * dy) ** 0.5 or 1
        c.dot(X + dx / length * 224, Y - 80 + dy / length * 224, c.rng.uniform(18, 32), hair)
    c.shade(mask, "#7a4a55", 225, 0.5, 0.7)


def headband(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 132, Y - 30), (X - 140, Y - 120), (X - 60, Y - 190), (X + 60, Y - 190),
        (X + 140, Y - 120), (X + 132, Y - 30), (X + 80, Y - 118), (X, Y - 138), (X - 80, Y - 118)], hair, 0)
    band = smooth([(X - 150, Y - 92), (X - 70, Y - 166), (X, Y - 182), (X + 70, Y - 166), (X + 150, Y - 92)])
    c.line(band, CORAL, 34)
    c.line([(x, y - 6) for x, y in band], MUSTARD, 8)


def swept(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 130, Y - 10), (X - 138, Y - 100), (X - 112, Y - 176), (X - 20, Y - 204),
        (X + 76, Y - 250), (X + 164, Y - 232), (X + 152, Y - 130), (X + 132, Y - 10), (X + 114, Y - 96),
        (X + 60, Y - 128), (X - 30, Y - 142), (X - 98, Y - 112), (X - 116, Y - 60)], hair)


def plaits_behind(c: Canvas, hair: str) -> None:
    for side in (-1, 1):
        for k in range(7):
            mask = c.ellipse(X + side * (158 + k * 5), Y + 50 + k * 46, 36 - k * 1.5, 31, hair)
            c.shade(mask, BRICK, 0, 0.7)
        c.rect(X + side * 192 - 20, Y + 356, 40, 18, CORAL, 6)


def parted(c: Canvas, hair: str) -> None:
    for side in (-1, 1):
        _cap_of(c, [(X, Y - 206), (X + side * 100, Y - 186), (X + side * 166, Y - 80), (X + side * 164,
            Y + 70), (X + side * 136, Y + 74), (X + side * 122, Y - 50), (X + side * 60, Y - 128),
            (X, Y - 160)], hair)


def beanie(c: Canvas, cloth: str) -> None:
    _cap_of(c, [(X - 148, Y - 76), (X - 150, Y - 170), (X - 70, Y - 262), (X + 70, Y - 262),
        (X + 150, Y - 170), (X + 148, Y - 76)], cloth)
    c.shade(c.rect(X - 160, Y - 128, 320, 66, cloth, 26), INK, 90, 0.6)
    for k in range(15):
        c.line([(X - 146 + k * 21, Y - 122), (X - 146 + k * 21, Y - 70)], mix(cloth, INK, 0.35), 4)


def bun_behind(c: Canvas, hair: str) -> None:
    c.shade(c.disc(X + 14, Y - 226, 84, hair), PLUM, 90, 0.5)
    c.shade(c.ellipse(X, Y - 40, 164, 180, hair), PLUM, 90, 0.5)


def drawn_back(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 140, Y + 10), (X - 152, Y - 90), (X - 80, Y - 190), (X + 80, Y - 190), (X + 152, Y - 90),
        (X + 140, Y + 10), (X + 108, Y - 90), (X, Y - 140), (X - 108, Y - 90)], hair)
    for k in range(-3, 4):
        c.line(smooth([(X + k * 34, Y - 128 + abs(k) * 12), (X + k * 26, Y - 162), (X + k * 10 + 8,
            Y - 196)]), mix(hair, PLUM, 0.4), 4)


def crop(c: Canvas, hair: str) -> None:
    _cap_of(c, [(X - 132, Y - 10), (X - 142, Y - 110), (X - 112, Y - 200), (X, Y - 226), (X + 112, Y - 200),
        (X + 142, Y - 110), (X + 132, Y - 10), (X + 112, Y - 104), (X, Y - 112), (X - 112, Y - 104)], hair)


SITTERS = {
    "imogen-farrant": Sitter("#2c6c74", "#7fb9ae", "#f0c8a8", "#7a3f2a", MUSTARD, AMBER, wavy_behind, wavy),
    "devinder-moss": Sitter("#b9503f", ROSE, "#b9825a", TEAL, NAVY, PAPER, None, turban, 1.02, INK,
        "#2a2026"),
    "marguerite-oyelade-sands": Sitter(MUSTARD, "#f9d98c", "#7a4b36", "#251a22", PLUM, CORAL, afro_behind,
        headband, earrings=AMBER, lips="#8a2f3a"),
    "callum-strake": Sitter("#3d5f86", "#8fb0c4", "#f6d3ba", "#c2552d", LEAF, PAPER, None, swept, 1.04, "",
        "#b34e2b"),
    "sunniva-teale": Sitter("#7b3f5a", ROSE, "#f8dcc6", "#e9b95a", TEAL, FOAM, plaits_behind, parted, 0.97,
        lips=CORAL),
    "tobias-wray": Sitter("#e0a35a", "#f6dcae", "#dba884", CORAL, "#33465e", "#22304a", None, beanie, 1.03,
        "", "#8a6f5a"),
    "hana-kirilowe": Sitter("#d9685a", "#f6c0a2", "#f3cfa9", "#171d2e", "#e9e0cc", SEA, bob_behind, bob, 0.98,
        lips=BRICK),
    "ruth-garrowby": Sitter("#4f7f6c", "#b9d3b4", "#f1cdb3", "#e6e2da", BRICK, PAPER, bun_behind, drawn_back,
        0.99, PLUM, earrings=SEA, grey_brows=True),
    "zeke-adomfinch": Sitter("#2b4f78", "#e8b25a", "#59392c", "#16121a", CORAL, SAND, None, crop, 1.0, "", "",
        "", "#7a3a36"),
}


def _picture(number: int, who: Sitter) -> Callable[[], Canvas]:
    return lambda: paint(number, who)


PICTURES = {f"portrait-{slug}": _picture(61 + i, who) for i, (slug, who) in enumerate(SITTERS.items())}
