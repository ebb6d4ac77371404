"""Who may do what, cell by cell."""

import pytest

import cms.streams  # noqa: F401 - brings every decider, and so every command
from cms.decider import Command, commands
from cms.roles import ROLES, Role, may, named_in_table

EVERYBODY = frozenset(ROLES)
PUBLISHERS = frozenset[Role]({"editor", "chief", "administrator"})
PICTURES = frozenset[Role]({"editor", "chief", "photo_editor", "administrator"})
CHIEFS = frozenset[Role]({"chief", "administrator"})

WRITING = (
    "Draft ChangeKicker ChangeHeadline ChangeStandfirst ChangeSlug ChangeSection ChangeKind ChangeLanguage EditBody "
    "ReplaceBody AssignBylines ChangeTags SetLeadImage ChangeRelated AddNote Submit TakeBack Trash Recover"
)
WHO_MAY: dict[str, dict[str, frozenset[Role]]] = {
    "article": {
        WRITING: EVERYBODY,
        "Assign SetDue Return Approve Embargo Publish Schedule CancelSchedule Update Correct": PUBLISHERS,
        "Withdraw Retract": CHIEFS,
    },
    "image": {
        "Upload ChangeCaption ChangeAlt ChangeCredit SetFocus SetCrop": EVERYBODY,
        "ChangeRights TakeDown": PICTURES,
        "Replace Reinstate": PICTURES - {"editor"},
    },
    "byline": {
        "Create SetPortrait": PICTURES,
        "Rename ChangeSlug ChangeTitle ChangeBio": PUBLISHERS,
        "Retire Merge": CHIEFS,
    },
    "section": {"Open Rename ChangeSlug Describe Move Close": CHIEFS},
    "tag": {"Create": EVERYBODY, "Rename ChangeSlug": PUBLISHERS, "Merge": CHIEFS},
    "path": {"Point Unpoint": PUBLISHERS},
    "site": {"Title": CHIEFS},
    "subject": {"Forget": {"administrator"}},
}
CELLS = [
    (f"{category}.{name}", role, role in allowed)
    for category, rows in WHO_MAY.items()
    for names, allowed in rows.items()
    for name in names.split()
    for role in ROLES
]
CLASSES = {f"{kind.category}.{kind.__name__}": kind for kind in commands().values()}


@pytest.mark.parametrize(("name", "role", "allowed"), CELLS, ids=[f"{name}-{role}" for name, role, _ in CELLS])
def test_each_cell_of_the_table(name: str, role: Role, allowed: bool) -> None:
    assert may(role, CLASSES[name]) is allowed


def test_every_command_has_its_row_and_no_row_is_left_over() -> None:
    assert named_in_table() == set(CLASSES) == {name for name, _, _ in CELLS}


def test_what_the_table_does_not_name_nobody_may() -> None:
    class Unheard(Command, frozen=True):
        category = "article"

    assert not any(may(role, Unheard) for role in ROLES)
