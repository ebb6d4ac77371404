"""A canvas for flat, grainy illustration in a small palette.

Coordinates are those of the finished picture, in pixels from the top left; everything is drawn at twice that size and
brought down, which smooths the edges. Shading is stippled, like ink sprayed through a stencil. Each canvas has its own
seed, so that a picture is always the same.
"""

import io
import math
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

INK, NAVY, TEAL, SEA = "#13203a", "#22395c", "#1d5f66", "#3f9392"
FOAM, MIST, PAPER, SAND = "#bfe0d4", "#e2ecdf", "#f7ecd9", "#e8c796"
MUSTARD, AMBER, CORAL, BRICK = "#f3b43a", "#ef8b41", "#e65f4b", "#a93b36"
ROSE, PLUM, MOSS, LEAF = "#f3ac93", "#55294b", "#7b8b4a", "#3b6650"

Point = tuple[float, float]
SCALE = 2
LANDSCAPE, SQUARE = (1600, 1067), (800, 800)


def mix(a: str, b: str, part: float) -> str:
    """The colour `part` (0 to 1) of the way from a to b."""
    pairs = zip(_rgb(a), _rgb(b), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in pairs)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def smooth(points: Sequence[Point], closed: bool = False, steps: int = 14) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_rom(a[0], b[0], c[0], d[0], t), _rom(a[1], b[1], c[1], d[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _rom(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


class Canvas:
    def __init__(self, seed: int, ground: str = PAPER, size: tuple[int, int] = LANDSCAPE) -> None:
        self.width, self.height = size
        self.rng = random.Random(seed)
        self.full = (size[0] * SCALE, size[1] * SCALE)
        self.image = Image.new("RGB", self.full, ground)
        self._noise = Image.frombytes("L", self.full, self.rng.randbytes(self.full[0] * self.full[1]))

    # ── masks ──

    def mask(self, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
        mask = Image.new("L", self.full, 0)
        paint(ImageDraw.Draw(mask))
        return mask

    def poly_mask(self, points: Sequence[Point]) -> Image.Image:
        scaled = _scaled(points)
        return self.mask(lambda draw: draw.polygon(scaled, fill=255))

    def ellipse_mask(self, x: float, y: float, rx: float, ry: float) -> Image.Image:
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        return self.mask(lambda draw: draw.ellipse(box, fill=255))

    def round_mask(self, x: float, y: float, w: float, h: float, r: float) -> Image.Image:
        box = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        return self.mask(lambda draw: draw.rounded_rectangle(box, r * SCALE, fill=255))

    def both(self, one: Image.Image, two: Image.Image) -> Image.Image:
        """The mask of what two masks share."""
        return ImageChops.multiply(one, two)

    # ── paint through masks ──

    def fill(self, mask: Image.Image, colour: str) -> None:
        self.image.paste(colour, mask=mask)

    def shade(self, mask: Image.Image, colour: str, angle: float = 0, strength: float = 0.6,
        reach: float = 1) -> None:
        """Spray colour over the mask, dense on one side: 0 the bottom, 90 the right, 180 the top, 270 the left."""
        box = mask.getbbox()
        if box is None:
            return
        ramp = _ramp((box[2] - box[0], box[3] - box[1]), angle)
        start = 255 * (1 - reach)
        ramp = ramp.point([int(max(0.0, v - start) / max(1, 255 - start) * 255 * strength)
            for v in range(256)])
        self._spray(mask, box, ramp, colour)

    def fade(self, mask: Image.Image, colour: str, angle: float = 0, strength: float = 1) -> None:
        """Lay colour over the mask as a smooth veil, thick on one side (angles as in shade)."""
        box = mask.getbbox()
        if box is None:
            return
        ramp = _ramp((box[2] - box[0], box[3] - box[1]), angle).point([int(v * strength) for v in range(256)])
        veil = ImageChops.multiply(mask.crop(box), ramp)
        self.image.paste(colour, box[:2], veil)

    def tint(self, mask: Image.Image, colour: str, strength: float) -> None:
        self.image.paste(colour, mask=mask.point([int(v * strength) for v in range(256)]))

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.8) -> None:
        """Sprayed light round a point."""
        size = int(2 * radius * SCALE)
        ramp = ImageChops.invert(Image.radial_gradient("L").resize((size, size)))
        ramp = ramp.point([int(max(0.0, (v - 75) / 180) ** 1.6 * 255 * strength) for v in range(256)])
        left, top = int((x - radius) * SCALE), int((y - radius) * SCALE)
        box = (max(left, 0), max(top, 0), min(left + size, self.full[0]), min(top + size, self.full[1]))
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        ramp = ramp.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
        self._spray(None, box, ramp, colour)

    def _spray(
        self, mask: Image.Image | None, box: tuple[int, int, int, int], ramp: Image.Image, colour: str
    ) -> None:
        dots = ImageChops.subtract(ramp, self._noise.crop(box)).point([0, *([255] * 255)])
        dots = Image.blend(ramp, dots, 0.5)
        if mask is not None:
            dots = ImageChops.multiply(dots, mask.crop(box))
        self.image.paste(colour, box[:2], dots)

    # ── shapes ──

    def sky(self, stops: Sequence[tuple[float, str]], top: float = 0, bottom: float | None = None) -> None:
        """Bands of colour blended from top to bottom; stops are (y, colour)."""
        last = self.height if bottom is None else bottom
        column = Image.new("RGB", (1, int((last - top) * SCALE)))
        for row in range(column.height):
            y = top + row / SCALE
            column.putpixel((0, row), _rgb(_between(stops, y)))
        self.image.paste(column.resize((self.full[0], column.height)), (0, int(top * SCALE)))

    def poly(self, points: Sequence[Point], colour: str) -> Image.Image:
        mask = self.poly_mask(points)
        self.fill(mask, colour)
        return mask

    def blob(self, points: Sequence[Point], colour: str) -> Image.Image:
        return self.poly(smooth(points, closed=True), colour)

    def rect(self, x: float, y: float, w: float, h: float, colour: str, r: float = 0) -> Image.Image:
        mask = self.round_mask(x, y, w, h, r)
        self.fill(mask, colour)
        return mask

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: str) -> Image.Image:
        mask = self.ellipse_mask(x, y, rx, ry)
        self.fill(mask, colour)
        return mask

    def disc(self, x: float, y: float, r: float, colour: str) -> Image.Image:
        return self.ellipse(x, y, r, r, colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        draw = ImageDraw.Draw(self.image)
        scaled = _scaled(points)
        draw.line(scaled, fill=colour, width=max(1, round(width * SCALE)), joint="curve")
        if width >= 3:
            r = width * SCALE / 2
            for x, y in (scaled[0], scaled[-1]):
                draw.ellipse([x - r, y - r, x + r, y + r], fill=colour)

    def quick(self, points: Sequence[Point], colour: str) -> None:
        """A polygon without a mask: for the many small things that need no shading."""
        ImageDraw.Draw(self.image).polygon(_scaled(points), fill=colour)

    def quick_rect(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        self.quick([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour)

    def dot(self, x: float, y: float, rx: float, colour: str, ry: float | None = None) -> None:
        down = rx if ry is None else ry
        box = [(x - rx) * SCALE, (y - down) * SCALE, (x + rx) * SCALE, (y + down) * SCALE]
        ImageDraw.Draw(self.image).ellipse(box, fill=colour)

    def arc(self, x: float, y: float, r: float, start: float, end: float, colour: str, width: float) -> None:
        box = [(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE]
        ImageDraw.Draw(self.image).arc(box, start, end, fill=colour, width=round(width * SCALE))

    def arc_wide(self, x: float, y: float, rx: float, ry: float, colour: str, width: float = 4) -> None:
        """The lower half of an ellipse as a line."""
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        ImageDraw.Draw(self.image).arc(box, 0, 180, fill=colour, width=round(width * SCALE))

    # ── finish ──

    def finished(self, grain: float = 0.03) -> Image.Image:
        """The picture at its own size, with the tooth of the paper."""
        small = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        tooth = self._noise.crop((0, 0, self.width, self.height)).filter(ImageFilter.GaussianBlur(0.7))
        tooth = tooth.point([int(128 + (v - 128) * grain * 2) for v in range(256)])
        return ImageChops.add(small, Image.merge("RGB", [tooth] * 3), 1, -128)


def webp(image: Image.Image, limit: int) -> bytes:
    """The best WebP of the picture that stays below limit bytes."""
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Tobias Wray", "The Harbour Ledger"
    low, high, best = 30, 88, b""
    while low <= high:
        quality = (low + high) // 2
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=4, exif=exif)
        if out.tell() < limit:
            low, best = quality + 4, out.getvalue()
        else:
            high = quality - 4
    if not best:
        raise ValueError(f"the picture cannot be kept below {limit} bytes")
    return best


def wave(x0: float, x1: float, y: float, height: float, length: float, phase: float = 0) -> list[Point]:
    """Points of a sine from x0 to x1."""
    count = max(8, int((x1 - x0) / 12))
    xs = [x0 + (x1 - x0) * i / count for i in range(count + 1)]
    return [(x, y + height * math.sin(2 * math.pi * x / length + phase)) for x in xs]


def _between(stops: Sequence[tuple[float, str]], y: float) -> str:
    for (a, first), (b, second) in pairwise(stops):
        if y <= b:
            return mix(first, second, min(1.0, max(0.0, (y - a) / (b - a))))
    return stops[-1][1]


def _ramp(size: tuple[int, int], angle: float) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((363, 363)).rotate(angle, Image.Resampling.BILINEAR)
    edge = 53 if angle % 90 else 0
    return ramp.crop((edge, edge, 363 - edge, 363 - edge)).resize(size)


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]
