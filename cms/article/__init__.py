"""Articles: their commands, their state, their rules.

``editing`` holds the rules of the working copy, ``workflow`` those of its way through the desk, ``publication`` those
of what comes before the readers.
"""

from cms.article import editing, publication, workflow
from cms.article.body import Body
from cms.article.commands import (
    AddNote,
    Approve,
    Assign,
    AssignBylines,
    CancelSchedule,
    ChangeHeadline,
    ChangeKicker,
    ChangeKind,
    ChangeLanguage,
    ChangeRelated,
    ChangeSection,
    ChangeSlug,
    ChangeStandfirst,
    ChangeTags,
    Correct,
    Draft,
    EditBody,
    Embargo,
    Publish,
    Publishing,
    Recover,
    ReplaceBody,
    Retract,
    Return,
    Schedule,
    SetDue,
    SetLeadImage,
    Submit,
    TakeBack,
    Trash,
    Update,
    Withdraw,
)
from cms.article.state import Article, Content, Issue, addresses, decider

__all__ = [
    "AddNote", "Approve", "Article", "Assign", "AssignBylines", "Body", "CancelSchedule", "ChangeHeadline",
    "ChangeKicker", "ChangeKind", "ChangeLanguage", "ChangeRelated", "ChangeSection", "ChangeSlug",
    "ChangeStandfirst", "ChangeTags", "Content", "Correct", "Draft", "EditBody", "Embargo", "Issue", "Publish",
    "Publishing", "Recover", "ReplaceBody", "Retract", "Return", "Schedule", "SetDue", "SetLeadImage", "Submit",
    "TakeBack", "Trash", "Update", "Withdraw", "addresses", "decider", "editing", "publication", "workflow",
]  # fmt: skip
