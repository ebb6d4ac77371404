"""Who may do what: one table of roles and commands, and ``may``, the only answer to it; and one of those screens
that are about no command, with ``may_open``.

It knows roles and kinds of command. Rules about *this* article or *this* person ("nobody approves their own story")
are the deciders'.
"""

from typing import ClassVar, Literal, Protocol, get_args

Role = Literal["reporter", "editor", "chief", "photo_editor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


class AnyCommand(Protocol):
    """A command's class, as far as the table looks at it."""

    category: ClassVar[str]


# r reporter, e editor, c chief, p photo editor, a administrator; a dot: may not
_TABLE = """
    article.Draft             r e c p a
    article.ChangeKicker      r e c p a
    article.ChangeHeadline    r e c p a
    article.ChangeStandfirst  r e c p a
    article.ChangeSlug        r e c p a
    article.ChangeSection     r e c p a
    article.ChangeKind        r e c p a
    article.ChangeLanguage    r e c p a
    article.EditBody          r e c p a
    article.ReplaceBody       r e c p a
    article.AssignBylines     r e c p a
    article.ChangeTags        r e c p a
    article.SetLeadImage      r e c p a
    article.ChangeRelated     r e c p a
    article.AddNote           r e c p a
    article.Submit            r e c p a
    article.TakeBack          r e c p a
    article.Trash             r e c p a
    article.Recover           r e c p a
    article.Assign            . e c . a
    article.SetDue            . e c . a
    article.Return            . e c . a
    article.Approve           . e c . a
    article.Embargo           . e c . a
    article.Publish           . e c . a
    article.Schedule          . e c . a
    article.CancelSchedule    . e c . a
    article.Update            . e c . a
    article.Correct           . e c . a
    article.Withdraw          . . c . a
    article.Retract           . . c . a

    image.Upload              r e c p a
    image.ChangeCaption       r e c p a
    image.ChangeAlt           r e c p a
    image.ChangeCredit        r e c p a
    image.SetFocus            r e c p a
    image.SetCrop             r e c p a
    image.ChangeRights        . e c p a
    image.TakeDown            . e c p a
    image.Replace             . . c p a
    image.Reinstate           . . c p a

    byline.Create             . e c p a
    byline.Rename             . e c . a
    byline.ChangeSlug         . e c . a
    byline.ChangeTitle        . e c . a
    byline.ChangeBio          . e c . a
    byline.SetPortrait        . e c p a
    byline.Retire             . . c . a
    byline.Merge              . . c . a

    section.Open              . . c . a
    section.Rename            . . c . a
    section.ChangeSlug        . . c . a
    section.Describe          . . c . a
    section.Move              . . c . a
    section.Close             . . c . a

    tag.Create                r e c p a
    tag.Rename                . e c . a
    tag.ChangeSlug            . e c . a
    tag.Merge                 . . c . a

    path.Point                . e c . a
    path.Unpoint              . e c . a

    site.Title                . . c . a

    subject.Forget            . . . . a
"""

# What is about accounts or the machine, and so about no event.
_SCREENS = """
    people                    . . . . a
    system                    . . c . a
"""


def _read(table: str) -> dict[str, frozenset[Role]]:
    rows = [line.split() for line in table.splitlines() if line.strip()]
    return {name: _with_a_mark(cells) for name, *cells in rows}


def _with_a_mark(cells: list[str]) -> frozenset[Role]:
    return frozenset(role for role, cell in zip(ROLES, cells, strict=True) if cell != ".")


_may, _may_open = _read(_TABLE), _read(_SCREENS)


def may(role: Role, command: type[AnyCommand]) -> bool:
    """Whether somebody in this role may use this kind of command. One that the table does not name: nobody may."""
    return role in _may.get(f"{command.category}.{command.__name__}", frozenset())


def may_open(role: Role, screen: str) -> bool:
    """Whether somebody in this role may open this screen, and use what is on it. KeyError for one that is none."""
    return role in _may_open[screen]


def named_in_table() -> frozenset[str]:
    """Every command that the table names, as ``article.Publish``."""
    return frozenset(_may)
