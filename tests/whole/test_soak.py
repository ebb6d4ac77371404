"""Twenty seconds of what ``make soak`` does for ten minutes."""

from pathlib import Path

from tests.soak import soak


def test_a_newsroom_at_work_survives_two_rebuilds_without_a_wrong_answer(ledger: Path) -> None:
    assert soak(ledger, 20, seed=11) == []
