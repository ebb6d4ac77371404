"""Every state that a story can be in, and everything that can be asked of it: what happens, on one page."""

import pytest

from cms import article
from cms.article.commands import ArticleCommand
from cms.decider import commands
from events.article import Credit, Lead
from events.envelope import Envelope
from events.event import Event
from tests.newsroom.spec import (
    ANNA,
    APPROVED,
    DRAFT,
    EDITED,
    EDITOR,
    HARBOUR,
    LONGER,
    OTHER_STORY,
    PHOTO,
    POLITICS,
    PUBLISHED,
    REAPPROVED,
    RESUBMITTED,
    RETRACTED,
    SCHEDULED,
    STORY,
    SUBMITTED,
    TOMORROW,
    TRASHED,
    WAITING,
    WITHDRAWN,
    WRITER,
    By,
    given,
    some_id,
)

STATUSES: dict[str, tuple[Event | By, ...]] = {
    "absent": (),
    "draft": DRAFT,
    "submitted": SUBMITTED,
    "approved": APPROVED,
    "scheduled": SCHEDULED,  # for tomorrow, and never public yet
    "public": PUBLISHED,
    "edited": EDITED,  # public, with a newer working copy
    "resubmitted": RESUBMITTED,
    "reapproved": REAPPROVED,
    "waiting": WAITING,  # public, with an update scheduled for tomorrow
    "withdrawn": WITHDRAWN,
    "retracted": RETRACTED,
    "trashed": TRASHED,
}

ASKED: dict[str, ArticleCommand] = {
    "Draft": article.Draft(STORY, "Another"),
    "ChangeKicker": article.ChangeKicker(STORY, "Transport"),
    "ChangeHeadline": article.ChangeHeadline(STORY, "A better headline"),
    "ChangeStandfirst": article.ChangeStandfirst(STORY, "In short."),
    "ChangeSlug": article.ChangeSlug(STORY, "bridge"),
    "ChangeSection": article.ChangeSection(STORY, POLITICS),
    "ChangeKind": article.ChangeKind(STORY, "analysis"),
    "ChangeLanguage": article.ChangeLanguage(STORY, "cy"),
    "EditBody": article.EditBody(STORY, 1, [{"stepType": "replace", "from": 1, "to": 4}]),
    "ReplaceBody": article.ReplaceBody(STORY, LONGER),
    "AssignBylines": article.AssignBylines(STORY, (Credit(ANNA),)),
    "ChangeTags": article.ChangeTags(STORY, (HARBOUR,)),
    "SetLeadImage": article.SetLeadImage(STORY, Lead(PHOTO)),
    "ChangeRelated": article.ChangeRelated(STORY, (OTHER_STORY,)),
    "AddNote": article.AddNote(STORY, some_id("note"), Envelope("writer", "", "")),
    "Assign": article.Assign(STORY, "writer"),
    "SetDue": article.SetDue(STORY, TOMORROW),
    "Submit": article.Submit(STORY),
    "TakeBack": article.TakeBack(STORY),
    "Return": article.Return(STORY, "Who says so?"),
    "Approve": article.Approve(STORY, 8),
    "Embargo": article.Embargo(STORY, TOMORROW),
    "Trash": article.Trash(STORY),
    "Recover": article.Recover(STORY),
    "Publish": article.Publish(STORY),
    "Schedule": article.Schedule(STORY, TOMORROW),
    "CancelSchedule": article.CancelSchedule(STORY, "Not yet."),
    "Update": article.Update(STORY),
    "Correct": article.Correct(STORY, "It is the other bridge."),
    "Withdraw": article.Withdraw(STORY, "The council objects."),
    "Retract": article.Retract(STORY, "We do not stand by it."),
}

# yes: it happens. same: it is so already, nothing happens. no: refused.
TABLE = """
                  absent  draft  submitted  approved  scheduled  public  edited  resubmitted  reapproved  waiting  withdrawn  retracted  trashed
Draft             yes     no     no         no        no         no      no      no           no          no       no         no         no
ChangeKicker      no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeHeadline    no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeStandfirst  no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeSlug        no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeSection     no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeKind        no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeLanguage    no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
EditBody          no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ReplaceBody       no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
AssignBylines     no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeTags        no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
SetLeadImage      no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
ChangeRelated     no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
AddNote           no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        yes        yes
Assign            no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
SetDue            no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
Submit            no      yes    same       same      no         no      yes     same         same        no       yes        no         no
TakeBack          no      no     yes        no        no         no      no      yes          no          no       no         no         no
Return            no      no     yes        yes       no         no      no      yes          yes         no       no         no         no
Approve           no      no     yes        same      no         no      no      yes          same        no       no         no         no
Embargo           no      yes    yes        yes       yes        yes     yes     yes          yes         yes      yes        no         no
Trash             no      yes    yes        yes       no         no      no      no           no          no       no         no         same
Recover           no      same   same       same      same       same    same    same         same        same     same       same       yes
Publish           no      no     no         yes       no         no      no      no           no          no       no         no         no
Schedule          no      no     no         yes       same       no      no      no           yes         same     no         no         no
CancelSchedule    no      no     no         no        yes        no      no      no           no          yes      no         no         no
Update            no      no     no         no        no         same    no      no           yes         no       no         no         no
Correct           no      no     no         no        no         yes     no      no           yes         no       no         no         no
Withdraw          no      no     no         no        no         yes     yes     yes          yes         yes      same       yes        no
Retract           no      no     no         no        no         yes     yes     yes          yes         yes      no         same       no
"""  # noqa: E501 - a table is read across


def answer(past: tuple[Event | By, ...], command: ArticleCommand) -> str:
    if isinstance(command, article.Approve):  # of the words as they are now
        command = article.Approve(STORY, given(*past).state(command.stream).version)
    actor = WRITER if isinstance(command, article.TakeBack) else EDITOR  # only a story's own can be taken back
    outcome = given(*past).when(command, actor=actor)
    return "no" if outcome.error else "yes" if outcome.events else "same"


def table() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(row[0], status, cell) for row in rows for status, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("asked", "status", "expected"), table())
def test_what_can_be_asked_of_a_story_in_each_state(asked: str, status: str, expected: str) -> None:
    assert answer(STATUSES[status], ASKED[asked]) == expected


def test_every_command_and_every_state_is_in_the_table() -> None:
    pinned = {(asked, status) for asked, status, _ in table()}
    every = {kind.__name__ for name, kind in commands().items() if name.startswith("article.")}
    assert pinned == {(asked, status) for asked in every for status in STATUSES}
