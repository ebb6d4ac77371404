"""What may happen in a newsroom, in any order, and a plain model of its stories."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

THINGS = ["byline", "image", "section", "tag"]
PREFIX = {"byline": "/by/", "section": "/", "tag": "/tag/"}
ENDINGS = {"withdraw", "retract", "take down"}

_n = st.integers(0, 5)
ops = st.one_of(
    st.tuples(st.just("tick"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["create", "rename", "slug", "other"]), st.sampled_from(THINGS), _n),
    st.tuples(st.sampled_from(["merge byline", "merge tag", "portrait", "replace", "take down", "reinstate"]), _n, _n),
    st.tuples(st.sampled_from(["close", "title", "unpoint"]), _n),
    st.tuples(st.just("point"), _n, st.integers(0, 20)),
    st.tuples(st.sampled_from(["draft", "edit", "desk"]), _n, _n),
    st.tuples(st.sampled_from(["publish", "publish", "update", "correct", "schedule"]), _n, _n, st.integers(1, 4)),
    st.tuples(st.sampled_from(["cancel", "withdraw", "retract"]), _n),
)
histories = st.lists(ops, min_size=5, max_size=60)


@dataclass
class Issue:
    """A publication as the model sees it. token: a word that stands in its headline and in its body."""

    number: int
    since: float
    path: str
    token: str
    scheduled: bool
    kind: str
    hidden: bool = False


@dataclass
class Story:
    id: str
    issues: list[Issue] = field(default_factory=list)
    numbers: int = 0
    former: int = 0
    retracted: bool = False
