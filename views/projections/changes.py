"""What kind of change each event is, as people ask for it in the newsroom's activity."""

from typing import Literal

from events import article as a
from events import byline as b
from events import image as i
from events import section as s
from events import tag as t
from events.event import Event, catalogue
from events.path import PathClaimed, PathClosed, PathPointed, PathRedirected, PathReleased, PathUnpointed
from events.site import SiteTitled
from events.subject import SubjectForgotten
from events.words import WordsRemoved

Change = Literal["begun", "body", "words", "filed", "pictures", "review", "published", "corrected", "put_away", "names"]

_CHANGES: dict[Change, tuple[type[Event], ...]] = {
    "begun": (a.ArticleDrafted, i.ImageUploaded, b.BylineCreated, s.SectionOpened, t.TagCreated),
    "body": (a.ArticleBodyEdited,),
    "words": (
        a.ArticleKickerChanged, a.ArticleHeadlineChanged, a.ArticleStandfirstChanged, i.ImageCaptionChanged,
        i.ImageAltChanged, i.ImageCreditChanged, b.BylineTitleChanged, b.BylineBioChanged, s.SectionDescribed,
    ),
    "filed": (
        a.ArticleSectionChanged, a.ArticleKindChanged, a.ArticleLanguageChanged, a.ArticleBylinesAssigned,
        a.ArticleTagsChanged, a.ArticleRelatedChanged, s.SectionMoved,
    ),
    "pictures": (
        a.ArticleLeadImageSet, i.ImageFocusSet, i.ImageCropSet, i.ImageReplaced, i.ImageRightsChanged,
        b.BylinePortraitSet,
    ),
    "review": (
        a.ArticleNoteAdded, a.ArticleAssigned, a.ArticleDueSet, a.ArticleSubmitted, a.ArticleTakenBack,
        a.ArticleReturned, a.ArticleApproved, a.ArticleEmbargoed,
    ),
    "published": (a.ArticlePublished, a.ArticleUpdated, a.ArticleScheduled, a.ArticleScheduleCancelled),
    "corrected": (a.ArticleCorrected, a.ArticleWithdrawn, a.ArticleRetracted),
    "put_away": (
        a.ArticleTrashed, a.ArticleRecovered, i.ImageTakenDown, i.ImageReinstated, b.BylineRetired, s.SectionClosed,
        WordsRemoved, SubjectForgotten,
    ),
    "names": (
        a.ArticleSlugChanged, b.BylineRenamed, b.BylineSlugChanged, b.BylineMerged, s.SectionRenamed,
        s.SectionSlugChanged, t.TagRenamed, t.TagSlugChanged, t.TagMerged, SiteTitled, PathPointed,
        PathUnpointed,
    ),
}  # fmt: skip
CHANGE_OF: dict[type[Event], Change] = {cls: change for change, classes in _CHANGES.items() for cls in classes}
FOLLOWS = frozenset({PathClaimed, PathRedirected, PathClosed, PathReleased})
"""Events that another one of the same append has caused, and that nobody asked for by themselves."""
assert set(CHANGE_OF) | FOLLOWS == {kind.cls for kind in catalogue().values()}, "an event is no kind of change"
