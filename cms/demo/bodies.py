"""A story's body: Markdown with the demo's two conventions, pull quotes and links to other stories."""

import re
from collections.abc import Callable, Mapping

import msgspec

from events.document import Doc, from_markdown
from events.document.schema import Block, Blockquote, Paragraph, Pullquote, PullquoteAttrs, Text

_STORY = re.compile(r"\]\(story:([a-z0-9-]+)\)")
_PULL = "pull: "


def document(markdown: str, images: Mapping[str, str], address: Callable[[str], str]) -> Doc:
    """The document. images: file → image id; address: slug of a story → where it is."""
    linked = _STORY.sub(lambda match: f"]({address(match[1])})", markdown)
    read = from_markdown(linked, lambda source, _alt, _title: images[source.lstrip("/")])
    return msgspec.structs.replace(read, content=tuple(_pulled(block) for block in read.content))


def _pulled(block: Block) -> Block:
    match block:
        case Blockquote(content=[Paragraph(content=[Text(text=text)])]) if text.startswith(_PULL):
            words, _, cite = text.removeprefix(_PULL).rpartition(" — ")
            attrs = PullquoteAttrs(cite=cite if words else None)
            return Pullquote(attrs=attrs, content=(Text(text=words or cite),))
    return block
