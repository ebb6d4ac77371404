"""Random but valid histories of a newsroom, as events, with a plain model of what must be public when."""

from dataclasses import dataclass, field
from typing import Any

from events import article as a
from events import byline as b
from events import image as i
from events import section as s
from events import tag as t
from events.event import Event
from events.path import (
    PathClaimed,
    PathClosed,
    PathPointed,
    PathRedirected,
    PathReleased,
    PathUnpointed,
    stream_of,
)
from events.site import SiteTitled
from tests.views.conftest import House, figure, paragraph, uploaded, words
from tests.views.happenings import PREFIX, THINGS, Issue, Story, histories

__all__ = ["Scribe", "histories"]


@dataclass
class Scribe:
    """Turns what is asked into events that a newsroom could have made, and skips what it could not."""

    house: House
    fold: bool = True
    strangers: bool = False  # may a story be signed by somebody who is created only later?
    known: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in THINGS})
    slugs: dict[str, str] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    stories: list[Story] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    led: dict[str, str] = field(default_factory=dict)  # by hand: address → where
    count: int = 0

    def play(self, op: tuple[Any, ...]) -> None:
        getattr(self, "do_" + op[0].replace(" ", "_"))(*op[1:])

    def tell(self, stream: str, *events: Event) -> None:
        self.house.tell(stream, *events, fold=self.fold)

    def token(self) -> str:
        self.count += 1
        return f"word{self.count}x"

    def pick(self, kind: str, n: int) -> str | None:
        known = [id for id in self.known[kind] if id not in self.merged]
        return known[n % len(known)] if known else None

    def do_tick(self, hours: int) -> None:
        self.house.hour += hours

    # --- things

    def do_create(self, kind: str, n: int) -> None:
        id = f"{kind[0]}{n}"
        if id in self.known[kind]:
            return
        self.known[kind].append(id)
        name, slug = self.token(), self.token()
        made: dict[str, Event] = {
            "byline": b.BylineCreated(name=name, slug=slug),
            "image": uploaded("0123456789"[n], caption=name),
            "section": s.SectionOpened(name=name, slug=slug),
            "tag": t.TagCreated(name=name, slug=slug),
        }
        self.tell(f"{kind}-{id}", made[kind])
        if kind in PREFIX:
            self._claim(f"{kind}-{id}", PREFIX[kind] + slug)
            self.slugs[id] = slug

    def do_rename(self, kind: str, n: int) -> None:
        if id := self.pick(kind, n):
            name = self.token()
            made: dict[str, Event] = {
                "byline": b.BylineRenamed(name=name), "image": i.ImageCaptionChanged(caption=name),
                "section": s.SectionRenamed(name=name), "tag": t.TagRenamed(name=name),
            }  # fmt: skip
            self.tell(f"{kind}-{id}", made[kind])

    def do_slug(self, kind: str, n: int) -> None:
        id = self.pick(kind, n)
        if id is None or kind not in PREFIX:
            return
        slug = self.token()
        made: dict[str, Event] = {
            "byline": b.BylineSlugChanged(slug=slug), "section": s.SectionSlugChanged(slug=slug),
            "tag": t.TagSlugChanged(slug=slug),
        }  # fmt: skip
        stream, old = f"{kind}-{id}", PREFIX[kind] + self.slugs[id]
        self.tell(stream, made[kind])
        self.tell(stream_of(old), PathRedirected(path=old, owner=stream))
        self._claim(stream, PREFIX[kind] + slug)
        self.slugs[id] = slug

    def do_other(self, kind: str, n: int) -> None:
        if id := self.pick(kind, n):
            made: dict[str, list[Event]] = {
                "byline": [b.BylineBioChanged(bio=self.token()), b.BylineTitleChanged(title=self.token())],
                "image": [i.ImageFocusSet(x=n / 10, y=0.5), i.ImageRightsChanged(rights="ours", expires=None)],
                "section": [s.SectionMoved(order=n), s.SectionDescribed(description=self.token())],
                "tag": [],
            }  # fmt: skip
            for event in made[kind]:
                self.tell(f"{kind}-{id}", event)

    def do_merge_byline(self, n: int, m: int) -> None:
        self._merge("byline", n, m)

    def do_merge_tag(self, n: int, m: int) -> None:
        self._merge("tag", n, m)

    def _merge(self, kind: str, n: int, m: int) -> None:
        one, other = self.pick(kind, n), self.pick(kind, m)
        if one and other and one != other:
            self.merged.add(one)
            self.tell(f"{kind}-{one}", b.BylineMerged(into=other) if kind == "byline" else t.TagMerged(into=other))
            old = PREFIX[kind] + self.slugs[one]
            self.tell(stream_of(old), PathRedirected(path=old, owner=f"{kind}-{one}"))

    def do_portrait(self, n: int, m: int) -> None:
        if byline := self.pick("byline", n):
            self.tell(f"byline-{byline}", b.BylinePortraitSet(image=self.pick("image", m) if m else None))

    def do_replace(self, n: int, m: int) -> None:
        if image := self.pick("image", n):
            picture = i.Picture("abcdef"[m] * 64, "png", 2000, 900 + m, 600)
            self.tell(f"image-{image}", i.ImageReplaced(picture=picture, reason="sharper"))

    def do_take_down(self, n: int, _: int) -> None:
        image = self.pick("image", n)
        if image and image not in self.down:
            self.down.add(image)
            self.tell(f"image-{image}", i.ImageTakenDown(reason="rights"))

    def do_reinstate(self, n: int, _: int) -> None:
        image = self.pick("image", n)
        if image in self.down:
            self.down.discard(image)
            self.tell(f"image-{image}", i.ImageReinstated(reason="paid"))

    def do_close(self, n: int) -> None:
        if section := self.pick("section", n):
            self.merged.add(section)
            self.tell(f"section-{section}", s.SectionClosed())

    def do_title(self, _: int) -> None:
        self.tell("site", SiteTitled(title=self.token(), tagline=self.token()))

    def do_point(self, n: int, m: int) -> None:
        """Lead /old/n to a page, or to /old/m, where that does not lead back."""
        path, ours = f"/old/{n}", sorted(self.paths)
        to = f"/old/{m}" if m < 6 or not ours else ours[m % len(ours)]
        if self.led.get(path) != to and path not in self.way(to):
            self.led[path] = to
            self.tell(stream_of(path), PathPointed(path=path, to=to))

    def do_unpoint(self, n: int) -> None:
        if self.led.pop(path := f"/old/{n}", None):
            self.tell(stream_of(path), PathUnpointed(path=path))

    def way(self, path: str) -> list[str]:
        """From an address to where it is led by hand in the end."""
        return [path, *(self.way(self.led[path]) if path in self.led else ())]

    # --- stories

    def story(self, n: int) -> Story | None:
        return self.stories[n % len(self.stories)] if self.stories else None

    def do_draft(self, _n: int, _m: int) -> None:
        story = Story(f"story{len(self.stories)}")
        self.stories.append(story)
        self.tell(f"article-{story.id}", a.ArticleDrafted(headline=self.token()))

    def do_edit(self, n: int, m: int) -> None:
        if not (story := self.story(n)):
            return
        made: list[Event] = [
            a.ArticleHeadlineChanged(headline=self.token()),
            a.ArticleBodyEdited(
                document_schema=1, base=0, steps=[], body_hash="0" * 64, words=m * 7, images=self._some("image", m)
            ),
            a.ArticleBylinesAssigned(bylines=[a.Credit(id) for id in self._some("byline", m)]),
            a.ArticleTagsChanged(tags=self._some("tag", m)),
            a.ArticleSectionChanged(section=self.pick("section", m)),
            a.ArticleLeadImageSet(lead=a.Lead(image) if (image := self.pick("image", n)) else None),
        ]
        self.tell(f"article-{story.id}", made[m])

    def do_desk(self, n: int, m: int) -> None:
        if story := self.story(n):
            made: list[Event] = [
                a.ArticleSubmitted(), a.ArticleApproved(reviewed=1), a.ArticleReturned(note="Who says so?"),
                a.ArticleAssigned(account="ben"), a.ArticleEmbargoed(until=House.at(self.house.hour + 9)),
                a.ArticleTrashed(),
            ]  # fmt: skip
            self.tell(f"article-{story.id}", made[m])

    def _some(self, kind: str, m: int) -> list[str]:
        known = [id for id in self.known[kind] if id not in self.merged]
        if self.strangers and m == 5:
            known.append(f"{kind[0]}{m}")
        return list(dict.fromkeys(known[: m + 1]))

    def public(self, story: Story) -> list[Issue]:
        hour = self.house.hour
        return [x for x in story.issues if not x.hidden and not (x.scheduled and x.since > hour)]

    def pending(self, story: Story) -> Issue | None:
        return next((x for x in story.issues if x.scheduled and x.since > self.house.hour and not x.hidden), None)

    def do_publish(self, n: int, m: int, _: int) -> None:
        story = self.story(n)
        if story and not self.public(story) and not self.pending(story) and not story.retracted:
            self._issue(story, a.ArticlePublished, m, self.house.hour)

    def do_update(self, n: int, m: int, _: int) -> None:
        story = self.story(n)
        if story and self.public(story) and not story.retracted:
            self._issue(story, a.ArticleUpdated, m, self.house.hour, note="New", silent=m == 3)

    def do_correct(self, n: int, m: int, _: int) -> None:
        story = self.story(n)
        if story and self.public(story) and not story.retracted:
            self._issue(story, a.ArticleCorrected, m, self.house.hour, note=self.token())

    def do_schedule(self, n: int, m: int, ahead: int) -> None:
        story = self.story(n)
        if story and not self.pending(story) and not story.retracted:
            self._issue(story, a.ArticleScheduled, m, self.house.hour + ahead - 0.5)

    def _issue(self, story: Story, kind: type[a.Publication], m: int, since: float, **more: Any) -> None:
        stream, token = f"article-{story.id}", self.token()
        newest = max((x.since for x in self.public(story)), default=-1.0)
        since = max(since, newest + 1e-8)
        old = story.issues[-1].path if story.issues and not story.issues[-1].hidden else None
        path = old if old and m < 4 else f"/2026/09/2{m}/{story.id}-{self.count}"
        story.numbers += 1
        images = self._some("image", m % 3)
        lead = self.pick("image", m)
        event = kind(**words(
            story.numbers, since, path=path, headline=f"{token} headline", images=images,
            section=self.pick("section", m),
            bylines=[a.Credit(id) for id in self._some("byline", m)], tags=self._some("tag", m),
            lead=a.Lead(lead, caption=token if m == 1 else None) if lead and m else None,
            related=[other.id for other in self.stories[:m] if other is not story],
            body=[paragraph(f"{token} body"), *(figure(image) for image in images)], **more,
        ))  # fmt: skip
        self.tell(stream, event)
        if path != old:
            if old and not issubclass(kind, a.ArticleScheduled):
                self.tell(stream_of(old), PathRedirected(path=old, owner=stream))
            self._claim(stream, path)
        scheduled = issubclass(kind, a.ArticleScheduled)
        story.issues.append(Issue(story.numbers, since, path, token, scheduled, kind.__name__))

    def do_cancel(self, n: int) -> None:
        story = self.story(n)
        if story and (pending := self.pending(story)):
            story.issues.remove(pending)
            self.tell(f"article-{story.id}", a.ArticleScheduleCancelled(number=pending.number, why="no"))
            if pending.path not in {x.path for x in story.issues}:
                owner = f"article-{story.id}"
                self.tell(stream_of(pending.path), PathReleased(path=pending.path, owner=owner))

    def do_withdraw(self, n: int) -> None:
        story = self.story(n)
        if story and self.public(story):
            self.do_cancel(n)
            for issue in story.issues:
                issue.hidden = True
            story.retracted = False
            self.tell(f"article-{story.id}", a.ArticleWithdrawn(reason=self.token()))
            for path in sorted({x.path for x in story.issues}):
                self.tell(stream_of(path), PathClosed(path=path, owner=f"article-{story.id}"))

    def do_retract(self, n: int) -> None:
        story = self.story(n)
        if story and self.public(story) and not story.retracted:
            self.do_cancel(n)
            story.retracted = True
            self.tell(f"article-{story.id}", a.ArticleRetracted(notice=self.token()))

    def _claim(self, owner: str, path: str) -> None:
        self.paths.add(path)
        self.tell(stream_of(path), PathClaimed(path=path, owner=owner))

    # --- the model

    def expected(self, hour: float) -> dict[str, Issue]:
        """What is public at an hour: article → its publication. Of a retracted one, nothing that lists may show."""
        found = {}
        for story in self.stories:
            began = [x for x in story.issues if x.since <= hour and not x.hidden]
            if began and not story.retracted:
                found[story.id] = max(began, key=lambda x: (x.since, x.number))
        return found
