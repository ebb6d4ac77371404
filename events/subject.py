"""Stream ``subject-<id>``: somebody whose personal words in the log can no longer be read by anybody.

A subject is an id, never a name: of a note, of an account.
"""

from events.event import Event, event


@event("subject.forgotten")
class SubjectForgotten(Event, frozen=True):
    """The key of their words was destroyed, and the words with it, wherever copies of the log are."""

    why: str
