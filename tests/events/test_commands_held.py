"""What the log has noted of its commands is held against the events, which name theirs: what is altered, gone or put in
is found and named.
"""

from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.instant import now
from events.seal.holding import hold
from events.seal.sealing import Altered, seal
from events.seal.seals import Seals
from events.seal.tree import Tree
from events.seal.verifying import Verdict
from events.store import EventStore, Write
from tests.events.conftest import Place, drafted, headline, unit

IDS = [UUID(int=number + 1) for number in range(4)]
NAMES = [str(id) for id in IDS]


@pytest.fixture
def written(log: EventStore) -> EventStore:
    """Four commands: of three events, one, two in two streams, one."""
    log.append(unit("article-1", 0, drafted(), headline("1"), headline("2"), command_id=IDS[0]))
    log.append(unit("article-2", 0, drafted(), command_id=IDS[1]))
    both = [Write("article-1", 3, [headline("3")]), Write("article-2", 1, [headline("1")])]
    log.append(unit("", 0, command_id=IDS[2], writes=both))
    log.append(unit("article-3", 0, drafted(), command_id=IDS[3]))
    return log


def verdict(place: Place, folder: Path) -> Verdict:
    """What ``flask log verify`` finds."""
    return hold(partial(EventStore, place.where), Tree(folder / "tree"), [], workers=1)


def test_untouched_they_fit(written: EventStore, place: Place, tmp_path: Path) -> None:
    found = verdict(place, tmp_path)
    assert found.ok and found.position == 7


@pytest.mark.parametrize(
    ("statement", "position", "stream", "reason"),
    [
        ("DELETE FROM commands WHERE first_position = 4", 4, "article-2", "the command that appended it is not noted"),
        ("DELETE FROM commands WHERE last_position = 7", 7, "article-3", "the command that appended it is not noted"),
        ("DELETE FROM commands", 1, "article-1", "the command that appended it is not noted"),
        (
            "UPDATE commands SET first_position = 2 WHERE first_position = 1", 1, "article-1",
            "the command that appended it is not noted",
        ),
        (
            "UPDATE commands SET last_position = 2 WHERE first_position = 1", 3, "article-1",
            "the command that appended it is not noted",
        ),
        (
            "UPDATE commands SET last_position = 5 WHERE first_position = 4", 5, "article-1",
            f"it is noted for command {NAMES[1]}, and says that it is of another",
        ),
        (
            "UPDATE commands SET first_position = 4 WHERE first_position = 5", 4, "",
            f"command {NAMES[2]} is noted for the positions 4 to 6, and did not append what is there",
        ),
        (
            "UPDATE commands SET first_position = 11, last_position = 12 WHERE first_position = 7", 7, "article-3",
            "the command that appended it is not noted",
        ),
        (
            "UPDATE commands SET last_position = 8 WHERE first_position = 7", 8, "",
            f"the log ends at 7, but command {NAMES[3]} is noted for the positions 7 to 8: its end was cut off",
        ),
        (
            "INSERT INTO commands SELECT {new}, fingerprint, 8, 9 FROM commands WHERE first_position = 1", 8, "",
            "command 00000000-0000-0000-0000-000000000009 is noted for the positions 8 to 9: its end",
        ),
        (
            "INSERT INTO commands SELECT {new}, fingerprint, 6, 6 FROM commands WHERE first_position = 1", 6, "",
            "command 00000000-0000-0000-0000-000000000009 is noted for position 6,",
        ),
        (
            "INSERT INTO commands SELECT {new}, fingerprint, 7, 7 FROM commands WHERE first_position = 7", 7, "",
            "command 00000000-0000-0000-0000-000000000009 is noted for position 7, and did not append what is there",
        ),
        (
            "UPDATE commands SET command_id = {new} WHERE first_position = 5", 5, "article-1",
            "it is noted for command 00000000-0000-0000-0000-000000000009, and says that it is of another",
        ),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_is_named(
    written: EventStore, place: Place, tmp_path: Path, statement: str, position: int, stream: str, reason: str
) -> None:
    new = UUID(int=9).hex
    place.tamper(statement.format(new=f"x'{new}'" if place.engine == "sqlite" else f"decode('{new}', 'hex')"))
    found = verdict(place, tmp_path)
    assert not found.ok and reason in found.reason
    assert (found.position, found.stream) == (position, stream)


def test_where_segments_end_within_a_command_nothing_is_found(
    written: EventStore, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for segment in (1, 2, 5):
        monkeypatch.setattr("events.seal.verifying.SEGMENT", segment)
        assert verdict(place, tmp_path).ok
    place.tamper("UPDATE commands SET last_position = 2 WHERE first_position = 1")
    assert verdict(place, tmp_path).position == 3


def test_what_does_not_fit_is_not_sealed(written: EventStore, place: Place, tmp_path: Path) -> None:
    seals = Seals(tmp_path / "seals")
    place.tamper("DELETE FROM commands WHERE first_position = 4")
    with pytest.raises(Altered, match=r"position 4 .*the command that appended it is not noted"):
        seal(written, seals, Ed25519PrivateKey.generate(), now())
    assert seals.latest() is None
