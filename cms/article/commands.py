"""What can be asked of an article."""

from typing import ClassVar, Literal

from cms.decider import StreamCommand
from events.article import Credit, Kind, Lead
from events.document import Doc
from events.envelope import Envelope
from events.instant import Instant

Pending = Literal["keep", "cancel"]


class ArticleCommand(StreamCommand, frozen=True):
    """Something asked of an article."""

    category: ClassVar[str] = "article"


# --- its words


class Draft(ArticleCommand, frozen=True):
    """Begin a story."""

    headline: str = ""
    kind: Kind = "news"
    language: str = "en"  # BCP 47


class ChangeKicker(ArticleCommand, frozen=True):
    """Change the words above the headline."""

    kicker: str


class ChangeHeadline(ArticleCommand, frozen=True):
    """Change the headline."""

    headline: str


class ChangeStandfirst(ArticleCommand, frozen=True):
    """Change the summary under the headline."""

    standfirst: str


class ChangeSlug(ArticleCommand, frozen=True):
    """Choose the last part of the address; '' leaves it to be made from the headline."""

    slug: str


class ChangeSection(ArticleCommand, frozen=True):
    """Move it to a section (its id), or out of all of them."""

    section: str | None


class ChangeKind(ArticleCommand, frozen=True):
    """Say what kind of story it is."""

    kind: Kind


class ChangeLanguage(ArticleCommand, frozen=True):
    """Say which language it is written in."""

    language: str  # BCP 47


class EditBody(ArticleCommand, frozen=True):
    """Edit the body by ProseMirror steps made upon its version ``base``."""

    base: int
    steps: list[dict[str, object]]


class ReplaceBody(ArticleCommand, frozen=True):
    """Put another document in the body's place; recorded as steps. ``base``: only if that is still its version."""

    document: Doc
    base: int | None = None


class AssignBylines(ArticleCommand, frozen=True):
    """Say who it is by, in order."""

    bylines: tuple[Credit, ...]


class ChangeTags(ArticleCommand, frozen=True):
    """Say what it is about: tag ids."""

    tags: tuple[str, ...]


class SetLeadImage(ArticleCommand, frozen=True):
    """Choose the picture at the top."""

    lead: Lead | None


class ChangeRelated(ArticleCommand, frozen=True):
    """Choose the stories to read next: article ids."""

    related: tuple[str, ...]


class AddNote(ArticleCommand, frozen=True):
    """Leave a note for the desk. note: a new id; text: already sealed under its writer's key."""

    note: str
    text: Envelope


# --- its way through the desk


class Assign(ArticleCommand, frozen=True):
    """Give it to somebody (an account id), or to nobody."""

    account: str | None


class SetDue(ArticleCommand, frozen=True):
    """Say by when it is wanted; None: there is no hurry."""

    due: Instant | None


class Submit(ArticleCommand, frozen=True):
    """Say that it is ready to be read by an editor."""


class TakeBack(ArticleCommand, frozen=True):
    """Work on it again before anybody has approved it: for who submitted it or wrote in it."""


class Return(ArticleCommand, frozen=True):
    """Send it back to be worked on, saying why."""

    note: str


class Approve(ArticleCommand, frozen=True):
    """Approve the words as they were at version ``reviewed`` of the stream."""

    reviewed: int


class Embargo(ArticleCommand, frozen=True):
    """Keep it from readers until a moment; None: lift the embargo."""

    until: Instant | None


class Trash(ArticleCommand, frozen=True):
    """Put a story that was never public in the bin."""


class Recover(ArticleCommand, frozen=True):
    """Take it out again."""


# --- before the readers


class Publish(ArticleCommand, frozen=True):
    """Let readers have it now.

    reviewed: the version of the stream that was looked at; refused if its words have changed since.
    without_approval: why nobody else approved these words (a chief's or an administrator's to say).
    pending: what becomes of a publication that is scheduled; must be said where there is one.
    """

    reviewed: int | None = None
    without_approval: str | None = None
    pending: Pending | None = None


class Schedule(ArticleCommand, frozen=True):
    """Let readers have these words from ``public_from`` on. For the rest, see Publish."""

    public_from: Instant
    reviewed: int | None = None
    without_approval: str | None = None
    pending: Pending | None = None


class CancelSchedule(ArticleCommand, frozen=True):
    """Do not let readers have what is scheduled."""

    why: str = ""


class Update(ArticleCommand, frozen=True):
    """Put the newer words before readers. For the rest, see Publish.

    note: what is new, for readers. silent: they are not told at all. clarifies: the note says what could be misread.
    """

    note: str = ""
    silent: bool = False
    clarifies: bool = False
    reviewed: int | None = None
    without_approval: str | None = None
    pending: Pending | None = None


class Correct(ArticleCommand, frozen=True):
    """Put right what was wrong, and tell readers what it was. For the rest, see Publish."""

    note: str
    reviewed: int | None = None
    without_approval: str | None = None
    pending: Pending | None = None


class Withdraw(ArticleCommand, frozen=True):
    """Take it away from readers. Its address says so, and is never used again."""

    reason: str


class Retract(ArticleCommand, frozen=True):
    """Take its words away and put a notice in their place."""

    notice: str


Publishing = Publish | Schedule | Update | Correct
