"""How an image stands in HTML: the addresses of its renditions, `srcset`, and the figure of an article's body.

One place, because two make such HTML: the views (bodies, rendered once into the row) and the site's templates (lead
images, cards). Only the widths and shapes named here exist; cms/site/renditions.py makes them on demand.
"""
from __future__ import annotations

import msgspec
from markupsafe import Markup, escape

from views.shapes import ImageView

WIDTHS = (320, 640, 960, 1280, 1600)
SHAPES: dict[str, float] = {"3x2": 3 / 2, "1x1": 1.0, "16x9": 16 / 9, "4x5": 4 / 5}  # width : height
BY_HAND = {"16x9": "16:9", "3x2": "4:3", "1x1": "1:1", "4x5": "3:4"}  # the crop by hand that a shape is cut from
COLUMN, WIDE, FULL = "(min-width: 48rem) 42rem, 94vw", "(min-width: 70rem) 66rem, 94vw", "100vw"
SIZES = {"column": COLUMN, "wide": WIDE, "full": FULL}


def focus(image: ImageView) -> str:
    """The focal point as it stands in a crop's address: percent from the left, percent from the top."""
    return f"{round(image.focus_x * 100)}-{round(image.focus_y * 100)}"


def box(image: ImageView, shape: str) -> tuple[int, int, int, int] | None:
    """Left, upper, width and height of what somebody chose for this shape; None where nobody did."""
    for name, (left, upper, width, height) in image.crops:
        if name == BY_HAND[shape]:
            ratio = SHAPES[shape]
            across, down = min(width, height * ratio), min(height, width / ratio)
            left, upper = left + round((width - across) / 2), upper + round((height - down) / 2)
            return left, upper, max(1, int(across)), max(1, int(down))
    return None


def cut(image: ImageView, shape: str) -> str:
    """How a crop is cut, as it stands in its address: '50-40' around the focal point, '0.12.1600.900' by hand."""
    chosen = box(image, shape)
    return ".".join(map(str, chosen)) if chosen else focus(image)


def address(image: ImageView, width: int, shape: str | None = None, fmt: str = "webp") -> str:
    """Where a rendition is; a crop names how it was cut, so that it may be cached for ever."""
    how = f"-{shape}-{cut(image, shape)}" if shape else ""
    return f"/media/{image.sha256}/{width}{how}.{fmt}"


def widths(image: ImageView, shape: str | None = None) -> tuple[int, ...]:
    """The widths worth offering: never wider than the original (or than the crop it has room for)."""
    chosen = box(image, shape) if shape else None
    across, down = chosen[2:] if chosen else (image.width, image.height)
    room = min(across, down * SHAPES[shape]) if shape else across
    return tuple(width for width in WIDTHS if width <= room) or WIDTHS[:1]


def size(image: ImageView, width: int, shape: str | None = None) -> tuple[int, int]:
    """Width and height in pixels of a rendition."""
    if shape:
        return width, round(width / SHAPES[shape])
    return width, max(1, round(width * image.height / max(1, image.width)))


def worded(image: ImageView, caption: str | None, alt: str | None, credit: str | None = None) -> ImageView:
    """The image with the words that a story gives it: None follows the image, '' says that there are none.

    The only place that says so, for readers' pages and for everything that the desk says about a picture's words.
    """
    if caption is None and alt is None and credit is None:
        return image
    return msgspec.structs.replace(
        image, caption=image.caption if caption is None else caption, alt=image.alt if alt is None else alt,
        credit=image.credit if credit is None else credit,
    )  # fmt: skip


def tag(image: ImageView, *, sizes: str, shape: str | None = None, alt: str | None = None,
        eager: bool = False) -> Markup:
    """An <img> with srcset, its pixels and its alternative text; `eager` for the first picture of a page."""
    # Put together by hand: a page of cards makes a score of these, and Markup.format took a third of its time.
    offered = widths(image, shape)
    folder = escape(f"/media/{image.sha256}/")
    how = f"-{shape}-{cut(image, shape)}" if shape else ""
    srcset = ", ".join([f"{folder}{width}{how}.webp {width}w" for width in offered])
    middle = offered[min(1, len(offered) - 1)]
    across, down = size(image, offered[-1], shape)
    loading = ' fetchpriority="high"' if eager else ' loading="lazy"'
    return Markup(  # noqa: S704 escaped where it is not ours
        f'<img src="{folder}{middle}{how}.jpg" srcset="{srcset}" sizes="{escape(sizes)}" width="{across}" '
        f'height="{down}" alt="{escape(worded(image, None, alt).alt)}"{loading} decoding="async">'
    )


def figure(image: ImageView, *, size: str = "column", id: str | None = None, eager: bool = False) -> Markup:
    """A picture of the body with its caption and credit."""
    words = escape(image.caption)
    if image.credit:
        words += Markup(' <span class="credit">{}</span>').format(image.credit)
    return Markup('<figure class="figure figure-{}"{}>{}{}</figure>').format(
        size, Markup(' id="{}"').format(id) if id else "",
        tag(image, sizes=SIZES[size], eager=eager),
        Markup("<figcaption>{}</figcaption>").format(words) if words else "")
