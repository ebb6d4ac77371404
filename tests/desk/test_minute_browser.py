"""A minute of three people in one paragraph, over a bad network, one of them offline for a third of it."""

import random
import time
from collections import Counter

import pytest

from tests.desk.writing_room import BAD_NETWORK, Room, Writer, converged

pytestmark = pytest.mark.browser
BEGUN = "Once upon a time there was a bridge"
MINUTE, LEAVES, RETURNS = 60.0, 15.0, 35.0  # seconds
SLOW = 90.0  # seconds in which a busy machine may have sent everything


class Typist:
    """Somebody who types words that nobody else types, at a place of their own and at their own pace."""

    def __init__(self, room: Room, who: str, id: str, after: int) -> None:
        self.letter, self.random, self.typed = who[0], random.Random(who), list[str]()
        self.writer: Writer = room.write(who, id)
        self.writer.page.evaluate(BAD_NETWORK.replace("MOST", "400").replace("LOST", "0.1"))
        self.writer.at(1, end=False).press(*["ArrowRight"] * after)

    def word(self) -> None:
        """One word, now and then with a slip of the finger that is taken back."""
        word = f"{self.letter}{len(self.typed)}{self.random.choice(['x', 'yy', 'zzz'])}"
        self.writer.type(f" {word}", delay=self.random.choice([0, 10, 30]))
        if self.random.random() < 0.1:
            self.writer.type("q").press("Backspace")
        self.typed.append(word)


def test_all_see_the_same_and_every_word_is_there(room: Room) -> None:
    id = room.story(BEGUN)
    people = [Typist(room, who, id, after) for who, after in (("anna", 4), ("ben", 16), ("cleo", len(BEGUN)))]
    cleo, pace, begun, said = people[2].writer, random.Random(3), time.monotonic(), ""
    while (now := time.monotonic() - begun) < MINUTE:
        cleo.context.set_offline(LEAVES <= now < RETURNS)
        for one in people:
            one.word()
        said = cleo.state if LEAVES + 5 < now < RETURNS else said
        cleo.page.wait_for_timeout(pace.choice([0, 50, 300]))
    assert said.startswith("Offline, ") and said.endswith(" changes kept on this device")
    writers = [one.writer for one in people]
    room.until(lambda: converged(writers) and room.text(id) == cleo.text, "all see the same", SLOW)
    words = [*BEGUN.split(), *(word for one in people for word in one.typed)]
    assert Counter(room.text(id).split()) == Counter(words)
    assert [writer.faults for writer in writers] == [[], [], []]
