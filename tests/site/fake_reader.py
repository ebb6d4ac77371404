"""A small newsroom in memory that answers what the site asks, so that pages can be tried without log, views or index.

Not a model of the views: it filters lists. What a story looked like at an instant is the last of its publications
by then, with bylines, sections and pictures as they are now.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup, escape

from events import document, instant
from events.instant import DAY, HOUR, Instant, to_datetime
from search.shapes import Bucket, Completion, Hit, IndexMissing, Query, Results
from views import pictures
from views.shapes import (
    BadCursor,
    BylineView,
    Card,
    Cards,
    Change,
    Correction,
    Gone,
    ImageView,
    Ledger,
    LedgerEntry,
    Moved,
    Page,
    Period,
    SectionView,
    SitemapEntry,
    SiteView,
    TagView,
    ViewsMissing,
)

ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Said:
    """One publication of a story: its own words, and the slugs of what it uses."""
    at: Instant
    headline: str
    body: str  # Markdown; ![](file) is a picture of the newsroom
    kind: str = "published"
    note: str = ""
    standfirst: str = ""
    kicker: str = ""
    section: str | None = None
    by: tuple[tuple[str, str], ...] = ()  # slug, role
    tags: tuple[str, ...] = ()
    lead: str | None = None
    genre: str = "news"
    language: str = "en"
    related: tuple[str, ...] = ()  # articles


@dataclass
class Story:
    article: str
    slug: str
    said: list[Said]
    withdrawn: Instant | None = None
    old_slugs: tuple[str, ...] = ()


@dataclass
class Newsroom:
    title: SiteView = field(default_factory=lambda: SiteView(title="The Harbour Ledger", tagline="Since 1868"))
    sections: list[SectionView] = field(default_factory=list)
    bylines: dict[str, BylineView] = field(default_factory=dict)
    tags: dict[str, TagView] = field(default_factory=dict)
    images: dict[str, ImageView] = field(default_factory=dict)
    taken_down: dict[str, Instant] = field(default_factory=dict)  # sha256
    stories: list[Story] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)  # 'section:old' → new slug
    missing: bool = False
    version: int = 0

    def changed(self) -> None:
        self.version += 1

    def add(self, slug: str, *said: Said, **more: Any) -> Story:
        story = Story(f"00000000-0000-7000-8000-{len(self.stories):012d}", slug, list(said), **more)
        self.stories.append(story)
        self.changed()
        return story

    def path(self, story: Story, slug: str | None = None) -> str:
        return f"{to_datetime(story.said[0].at).astimezone(ZONE):/%Y/%m/%d}/{slug or story.slug}"


class FakeReader:
    def __init__(self, newsroom: Newsroom, at: Instant | None, now: Instant) -> None:
        if newsroom.missing:
            raise ViewsMissing("being rebuilt")
        self._room, self.instant, self._now = newsroom, at, now if at is None else at
        self.asked = 0

    def site(self) -> SiteView:
        return self._room.title

    def sections(self) -> tuple[SectionView, ...]:
        return tuple(self._room.sections)

    def section(self, slug: str) -> SectionView | Moved | Gone | None:
        return self._named("section", slug, {section.slug: section for section in self._room.sections})

    def pointed(self, path: str) -> str | None:
        return None

    def byline(self, slug: str) -> BylineView | Moved | Gone | None:
        return self._named("byline", slug, self._room.bylines)

    def tag(self, slug: str) -> TagView | Moved | Gone | None:
        return self._named("tag", slug, self._room.tags)

    def _named(self, kind: str, slug: str, known: Mapping[str, Any]) -> Any:
        to = self._room.moved.get(f"{kind}:{slug}")
        return Moved(to=to) if to else known.get(slug)

    def image(self, sha256: str) -> ImageView | Gone | None:
        if sha256 in self._room.taken_down:
            return Gone(at=self._room.taken_down[sha256])
        return next((image for image in self._room.images.values() if image.sha256 == sha256), None)

    def page(self, path: str) -> Page | Moved | Gone | None:
        for story in self._room.stories:
            if story.said[0].at > self._now:
                continue
            if path in (self._room.path(story, old) for old in story.old_slugs):
                return Moved(to=self._room.path(story))
            if path == self._room.path(story):
                if story.withdrawn is not None and story.withdrawn <= self._now:
                    return Gone(at=story.withdrawn, headline=None)
                return self._page(story)
        return None

    def _public(self) -> list[Story]:
        shown = [story for story in self._room.stories if story.said[0].at <= self._now
                 and (story.withdrawn is None or story.withdrawn > self._now)]
        return sorted(shown, key=lambda story: (story.said[0].at, story.article), reverse=True)

    def _said(self, story: Story) -> list[Said]:
        return [said for said in story.said if said.at <= self._now]

    def _image(self, name: str | None) -> ImageView | None:
        image = self._room.images.get(name) if name else None
        return None if image is None or image.sha256 in self._room.taken_down else image

    def _fields(self, story: Story) -> dict[str, Any]:
        said = self._said(story)
        last = said[-1]
        sections = {section.slug: section for section in self._room.sections}
        return {
            "article": story.article, "path": self._room.path(story), "headline": last.headline,
            "standfirst": last.standfirst, "kicker": last.kicker, "kind": last.genre, "language": last.language,
            "section": sections.get(last.section or ""), "image": self._image(last.lead),
            "bylines": tuple(msgspec.structs.replace(self._room.bylines[slug], role=role) for slug, role in last.by),
            "published_at": said[0].at, "updated_at": last.at if len(said) > 1 else None,
            "words": document.count_words(last.body), "corrected": any(each.kind == "corrected" for each in said)}

    def _card(self, story: Story) -> Card:
        return Card(**self._fields(story))

    def _page(self, story: Story) -> Page:
        said = self._said(story)
        last = said[-1]
        later = [each.at for each in story.said if each.at > last.at]
        related = [other for other in self._public() if other.article in last.related]
        fields = self._fields(story)
        html = self._html(last.body)
        return Page(
            **fields, html=html, tags=tuple(self._room.tags[slug] for slug in last.tags),
            corrections=tuple(Correction(at=each.at, note=each.note) for each in reversed(said)
                              if each.kind == "corrected"),
            changes=tuple(Change(at=each.at, kind=each.kind, note=each.note) for each in reversed(said)),
            related=tuple(self._card(other) for other in related), number=len(said), public_from=last.at,
            public_until=min(later, default=None), digest=f"{hash((repr(fields), html, repr(last)))}",
            retracted=last.note if last.kind == "retracted" else None)

    def _html(self, markdown: str) -> str:
        def draw(figure: document.Figure) -> Markup | None:
            image = self._image(figure.attrs.image)
            return None if image is None else pictures.figure(
                pictures.worded(image, figure.attrs.caption, figure.attrs.alt, figure.attrs.credit),
                size=figure.attrs.size)
        doc = document.from_markdown(re.sub(r"\|wide\)", ")", markdown),
                                     lambda file, _alt, _title: file if file in self._room.images else None)
        tree = msgspec.json.decode(document.encode(doc))
        wide = re.findall(r"!\[\]\(([^)|]*)\|wide\)", markdown)
        tree["content"] = [dressed(block, wide) for block in tree["content"]]
        return document.to_html(document.decode(tree), draw)

    def latest(self, limit: int, before: str | None = None, *, section: str | None = None, byline: str | None = None,
               tag: str | None = None, under: str | None = None) -> Cards:
        stories = self._public()
        slugs = {view.id: view.slug for view in (*self._room.sections, *self._room.bylines.values(),
                                                 *self._room.tags.values())}
        chosen = []
        for story in stories:
            last = self._said(story)[-1]
            if ((section is None or last.section == slugs[section])
                    and (byline is None or slugs[byline] in [slug for slug, _ in last.by])
                    and (tag is None or slugs[tag] in last.tags)
                    and (under is None or self._room.path(story).startswith(under))):
                chosen.append(story)
        start = 0
        if before is not None:
            if not before.isascii() or not before.isdigit():
                raise BadCursor(before)
            start = int(before)
        items = chosen[start:start + limit]
        more = len(chosen) > start + limit
        return Cards(items=tuple(map(self._card, items)), next_cursor=str(start + limit) if more else None)

    def corrections(self, limit: int, before: str | None = None) -> Ledger:
        entries = [LedgerEntry(card=self._card(story), at=said.at, note=said.note, retracted=said.kind == "retracted")
                   for story in self._public() for said in self._said(story) if said.kind in ("corrected", "retracted")]
        entries.sort(key=lambda entry: entry.at, reverse=True)
        return Ledger(items=tuple(entries[:limit]))

    def _periods(self, length: int, under: str) -> tuple[Period, ...]:
        counted: dict[str, list[Card]] = {}
        for card in map(self._card, self._public()):
            if card.path.startswith(under):
                counted.setdefault(card.path[1:1 + length], []).append(card)
        return tuple(Period(period=period, articles=len(cards),
                            changed_at=max(card.updated_at or card.published_at for card in cards))
                     for period, cards in sorted(counted.items(), reverse=True))

    def months(self) -> tuple[Period, ...]:
        return self._periods(7, "/")

    def days(self, month: str) -> tuple[Period, ...]:
        return self._periods(10, f"/{month}/")

    def sitemap(self, under: str, offset: int, limit: int) -> tuple[SitemapEntry, ...]:
        cards = sorted((card for card in map(self._card, self._public()) if card.path.startswith(under)),
                       key=lambda card: card.path)[offset:offset + limit]
        return tuple(SitemapEntry(path=card.path, changed_at=card.updated_at or card.published_at) for card in cards)

    def public(self, articles: Iterable[str]) -> Mapping[str, Card]:
        wanted = set(articles)
        return {story.article: self._card(story) for story in self._public() if story.article in wanted}

    def next_boundary(self) -> Instant | None:
        if self.instant is not None:
            return None
        moments = [said.at for story in self._room.stories for said in story.said]
        return min((moment for moment in moments if moment > self._now), default=None)

    def stamp(self) -> str:
        return f"1:{self._room.version}"


@dataclass
class FakeSettings:
    renditions: Path
    site_url: str = "https://ledger.example"
    zone: ZoneInfo = ZONE


@dataclass
class FakeMedia:
    folder: Path

    def path(self, sha256: str) -> Path:
        return self.folder / sha256


class FakeDaybook:
    """What app.py will hand in."""

    def __init__(self, newsroom: Newsroom, folder: Path) -> None:
        self.newsroom = newsroom
        self.settings = FakeSettings(folder / "renditions")
        self.media = FakeMedia(folder / "media")
        self.no_index = False
        self.extra_hits: Sequence[str] = ()  # articles the index still knows though they are not public
        self.suggestion: str | None = None

    def clock(self) -> Instant:
        return instant.now()

    def reader(self, at: Instant | None = None) -> FakeReader:
        return FakeReader(self.newsroom, at, instant.now())

    def complete(self, text: str, now: Instant) -> list[Completion]:
        """Headlines and sections that begin so, and what the index still knows though it is not public."""
        if self.no_index:
            raise IndexMissing("being rebuilt")
        reader = FakeReader(self.newsroom, None, now)
        sections = [Completion("section", part.slug, part.name) for part in reader.sections()
                    if part.name.lower().startswith(text.lower())]
        stories = [Completion("article", story.article, reader._card(story).headline) for story in reader._public()
                   if reader._card(story).headline.lower().startswith(text.lower())]
        return [*sections, *stories, *(Completion("article", id, "Secret") for id in self.extra_hits)]

    def related(self, article: str, now: Instant) -> list[str]:
        """What a test says is like any story."""
        return list(self.extra_hits)

    def search(self, query: Query) -> Results:
        """Every word somewhere in the words of the story, however it is written."""
        if self.no_index:
            raise IndexMissing("being rebuilt")
        reader = FakeReader(self.newsroom, None, query.now)
        words = [word for word in re.findall(r"\w+", query.text.lower()) if word]
        found = []
        for story in reader._public():
            page, body = reader._card(story), story.said[-1].body
            text = f"{page.headline} {page.standfirst} {body}"
            if (((not words and not query.text.strip()) or (words and all(word in text.lower() for word in words)))
                    and (query.section is None or (page.section and page.section.slug == query.section))
                    and (query.after is None or page.published_at >= query.after)
                    and (query.before is None or page.published_at < query.before)):
                found.append((page, body))
        if query.sort == "oldest":
            found.reverse()
        hits = [hit(page, text, words) for page, text in found[query.offset:query.offset + query.limit]]
        hits += [Hit(article, f"{article}:0", "/x", "Secret headline", "", "Secret words", 1.0, 0, 0, None)
                 for article in self.extra_hits]
        counted: dict[str, Bucket] = {}
        for page, _ in found:
            if page.section:
                before = counted.get(page.section.slug)
                counted[page.section.slug] = Bucket(page.section.slug, page.section.name,
                                                    (before.count if before else 0) + 1)
        return Results(len(found) + len(self.extra_hits), tuple(hits), {"section": tuple(counted.values())},
                       self.suggestion, False, False, 0.001)


def marked(text: str, words: Sequence[str]) -> str:
    """Escaped text with <mark> around words."""
    if not words:
        return str(escape(text))
    parts = re.split("(" + "|".join(map(re.escape, words)) + ")", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{escape(part)}</mark>" if place % 2 else str(escape(part))
                   for place, part in enumerate(parts))


def hit(page: Card, text: str, words: Sequence[str]) -> Hit:
    place = min((at for at in (text.lower().find(word) for word in words) if at >= 0), default=0)
    around = text[max(0, place - 60):place + 160].replace("\n", " ")
    since = page.updated_at or page.published_at
    return Hit(page.article, f"{page.article}:{since}", page.path, marked(page.headline, words),
               marked(page.standfirst, words), marked(around, words), 1.0, page.published_at, since, None)


def dressed(block: dict[str, Any], wide: Sequence[str]) -> dict[str, Any]:
    """Wide figures and pull quotes, which Markdown has no words for: '> pull: Words — Who'."""
    if block["type"] == "figure" and block["attrs"]["image"] in wide:
        block["attrs"]["size"] = "wide"
    if block["type"] == "blockquote":
        text = "".join(part.get("text", "") for part in block["content"][0].get("content", ()))
        if text.startswith("pull: "):
            words, _, cite = text.removeprefix("pull: ").rpartition(" — ")
            text_node = {"type": "text", "text": words}
            return {"type": "pullquote", "attrs": {"id": None, "cite": cite}, "content": [text_node]}
    return block


def small_newsroom(now: Instant | None = None) -> Newsroom:
    """Four sections, three writers, and a story for each thing a page can show."""
    now = instant.now() if now is None else now
    room = Newsroom()
    names = (("news", "News"), ("politics", "Politics"), ("culture", "Culture"), ("sport", "Sport"))
    room.sections = [SectionView(id=f"section-{slug}", name=name, slug=slug, description=f"{name} of the bay.")
                     for slug, name in names]
    for number, name in enumerate(("breakwater", "council", "tram", "portrait")):
        room.images[name] = ImageView(id=f"image-{name}", sha256=f"{number:064x}", format="jpeg", width=1600,
                                      height=1067, alt=f"A drawing of the {name}", caption=f"The {name} at dusk.",
                                      credit="Tobias Wray", focus_x=0.3, focus_y=0.5)
    for slug, name, title in (("imogen-farrant", "Imogen Farrant", "Harbour correspondent"),
                              ("devinder-moss", "Devinder Moss", "Political editor"),
                              ("tobias-wray", "Tobias Wray", "Picture editor")):
        room.bylines[slug] = BylineView(id=f"byline-{slug}", name=name, slug=slug, title=title,
                                        bio=f"{name} has worked here for eleven years.",
                                        portrait=room.images["portrait"] if slug != "tobias-wray" else None)
    for slug, name in (("harbour", "Harbour"), ("council", "Council")):
        room.tags[slug] = TagView(id=f"tag-{slug}", name=name, slug=slug)
    storm = Said(now - 3 * DAY, "Storm tears a gap in the breakwater", STORM, kicker="Storm",
                 standfirst="Eleven people were taken off.", section="news",
                 by=(("imogen-farrant", "by"), ("devinder-moss", "by"), ("tobias-wray", "photographs")),
                 tags=("harbour",), lead="breakwater")
    first = room.add("storm-tears-gap", storm,
                     replace(storm, at=now - 3 * DAY + 2 * HOUR, headline="Storm tears 40-metre gap in the breakwater",
                             kind="updated", note="The length of the gap was added."),
                     old_slugs=("storm-damages-breakwater",))
    vote = Said(now - 2 * DAY, "Council votes to rebuild it in stone", "It was **close**.\n\nThe vote was 21 to 18.",
                standfirst="The vote went to a recount.", section="politics", by=(("devinder-moss", "by"),),
                tags=("council", "harbour"), lead="council", related=(first.article,))
    room.add("council-votes-stone", vote,
             replace(vote, at=now - DAY, kind="corrected", body="It was **close**.\n\nThe vote was 21 to 19.",
                     note="An earlier version gave the vote as 21 to 18. It was 21 to 19."))
    room.add("tram-to-netherquay", Said(now - 5 * HOUR, "The tram reaches Netherquay", "It rang its bell.",
                                        section="news", by=(("imogen-farrant", "by"),), lead="tram"))
    room.add("invented-grant", Said(now - 6 * DAY, "A grant nobody gave", "Words.", section="politics"),
             withdrawn=now - 4 * DAY)
    room.add("quoted-in-error", Said(now - 9 * DAY, "A quote that was never said", "Words.", section="culture"),
             Said(now - 8 * DAY, "A quote that was never said", "", kind="retracted", section="culture",
                  note="The person quoted was never interviewed."))
    room.add("ferry-tomorrow", Said(now + DAY, "The ferry sails again", "At dawn.", section="news"))
    for number in range(30):
        room.add(f"town-match-{number}", Said(now - (10 + number) * DAY, f"Town draw match {number}", "Nil, nil.",
                                              section="sport", by=(("tobias-wray", "by"),)))
    return room


STORM = """The sea went over the wall at **Lantern Point** before dawn, [twice](/tag/harbour).

## What was lost

![](council|wide)

> pull: Then the carpet lifted like something was breathing. — Noor Castellane

| Street | Homes |
|---|---|
| Brine Lane | 41 |
| Fishergate | 12 |

- One
- Two

![](tram)
"""
