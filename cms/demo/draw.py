"""Draws the demo's pictures: python -m cms.demo.draw [NAME …] [--sheet FILE]."""

import argparse
from pathlib import Path

from PIL import Image

from cms.demo.drawing import harbour, ideas, play, portraits, shore, stage, storm, town, trades, water
from cms.demo.drawing.kit import webp

IMAGES = Path(__file__).parent / "images"
PICTURES = {
    name: draw
    for module in (harbour, storm, shore, water, town, trades, stage, play, ideas, portraits)
    for name, draw in module.PICTURES.items()
}
LIMIT, PORTRAIT_LIMIT = 112_000, 70_000  # bytes a picture may take


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the demo's pictures.")
    parser.add_argument("names", nargs="*", metavar="NAME",
        help="pictures to draw, without .webp; all if none")
    parser.add_argument("--sheet", type=Path, help="also write a contact sheet of them here")
    arguments = parser.parse_args()
    names = arguments.names or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        parser.error(f"there is no picture called {', '.join(sorted(unknown))}")
    IMAGES.mkdir(exist_ok=True)
    thumbs = []
    for name in names:
        picture = PICTURES[name]().finished()
        (IMAGES / f"{name}.webp").write_bytes(webp(picture, PORTRAIT_LIMIT if name in portraits.PICTURES else LIMIT))
        picture.thumbnail((640, 640))
        thumbs.append(picture)
    if arguments.sheet:
        sheet(thumbs).save(arguments.sheet)


def sheet(thumbs: list[Image.Image]) -> Image.Image:
    """The pictures side by side, three to a row."""
    width, height = (max(size) for size in zip(*(thumb.size for thumb in thumbs), strict=True))
    page = Image.new("RGB", (3 * (width + 10), -(-len(thumbs) // 3) * (height + 10)), "white")
    for i, thumb in enumerate(thumbs):
        page.paste(thumb, (i % 3 * (width + 10), i // 3 * (height + 10)))
    return page


if __name__ == "__main__":
    main()
