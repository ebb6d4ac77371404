"""Cursors: where a list goes on, opaque and safe in a query string."""

import base64
import binascii

import msgspec

from views.shapes import BadCursor

_decoder = msgspec.json.Decoder(tuple[int, str, int])


def encode(at: int, id: str, number: int = 0) -> str:
    """A cursor behind the line with this time, id and number."""
    return base64.urlsafe_b64encode(msgspec.json.encode((at, id, number))).decode().rstrip("=")


def decode(cursor: str) -> tuple[int, str, int]:
    """What ``encode`` was given. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = _decoder.decode(raw)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise BadCursor("that is no place in this list") from error
    if not -(2**62) <= found[0] <= 2**62 or not 0 <= found[2] < 2**31 or len(found[1]) > 100:
        raise BadCursor("that is no place in this list")
    return found


def encode_text(text: str) -> str:
    """A cursor behind the line with this text."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_text(cursor: str) -> str:
    """What ``encode_text`` was given. Raises BadCursor."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursor("that is no place in this list") from error
