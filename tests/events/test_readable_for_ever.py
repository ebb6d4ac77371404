"""Every shape that was ever stored can be read: a sample of each is kept, and read here."""

import json
from pathlib import Path

import pytest

import events
from events.event import Event, UnknownEvent, catalogue, encode, event, upcast
from events.reading import decode, events_of, shapes
from tests.events.declaring import declaring
from tests.events.make_catalogue import PAGE, page

__all__ = ["declaring"]
SAMPLES = Path(__file__).parent.parent / "samples"


def samples() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.stem)
def test_a_shape_that_was_stored_is_read_as_today_s(sample: Path) -> None:
    name, _, schema = sample.stem.rpartition(".")
    happened = events_of(name, int(schema), sample.read_bytes())
    assert all(type(one) in {kind.cls for kind in catalogue().values()} for one in happened)
    if name in catalogue() and int(schema) == catalogue()[name].schema:
        assert [json.loads(encode(one)) for one in happened] == [json.loads(sample.read_bytes())]


def test_there_is_a_sample_of_every_shape_that_can_be_read() -> None:
    assert events
    assert {f"{name}.{schema}" for name, schema in shapes()} <= {path.stem for path in samples()}


def test_an_old_shape_is_brought_forward_step_by_step(declaring: None) -> None:
    @event("test.printed", schema=3)
    class Printed(Event, frozen=True):
        copies: int
        paper: str

    @upcast(Printed, 1)
    def number_of_copies(payload: dict[str, object]) -> dict[str, object]:
        return {"copies": payload["count"]}

    @upcast(Printed, 2)
    def newsprint(payload: dict[str, object]) -> dict[str, object]:
        return {**payload, "paper": "newsprint"}

    assert decode("test.printed", 1, b'{"count": 7}') == Printed(copies=7, paper="newsprint")
    assert decode("test.printed", 2, b'{"copies": 7}') == Printed(copies=7, paper="newsprint")
    with pytest.raises(UnknownEvent, match="schema 4 is newer than this code's 3"):
        decode("test.printed", 4, b"{}")
    with pytest.raises(UnknownEvent, match="schema 0 has no upcaster"):
        decode("test.printed", 0, b"{}")


def test_a_payload_that_is_not_its_shape_is_an_error_that_says_where() -> None:
    with pytest.raises(UnknownEvent, match=r"article.headline_changed \(schema 1\): .*headlin"):
        decode("article.headline_changed", 1, b'{"headlin": "x"}')


def test_the_documented_catalogue_is_the_code_s() -> None:
    assert PAGE.read_text() == page(), "run python -m tests.events.make_catalogue"
