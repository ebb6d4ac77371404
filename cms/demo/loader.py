"""The demo newsroom brought to life: its stories' histories as ordinary commands, in the order of their moments."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from cms import article, byline, image, section, site_facts, tag
from cms.decider import Actor, Command
from cms.demo.bodies import document
from cms.demo.lives import Moment, live
from cms.demo.paper import FOLDER, Byline, Change, Image, Paper, Staff, Story, read_paper, read_stories, when
from cms.media import Media
from cms.newsroom import Newsroom
from cms.people.accounts import Accounts
from cms.pictures import look_at
from cms.roles import Role
from cms.settings import Settings
from cms.units import Origin
from events.article import Credit, Lead
from events.image import Picture
from events.instant import DAY, Instant, to_datetime

_NAMESPACE = UUID("6f1c2b52-6c1e-5d0e-9d3b-4e1d0a6f7c11")
_ONE_RUN = Origin(correlation="demo")
_FOUNDED = 60 * DAY  # how long before today the demo newsroom was set up


class Account(msgspec.Struct, frozen=True):
    """How to sign in as somebody of the demo."""

    email: str
    name: str
    role: str


class SignIn(msgspec.Struct, frozen=True):
    """The demo's accounts and the one password they share; made anew for each demo, kept in ``<var>/demo.json``."""

    password: str
    accounts: list[Account]


def load(
    settings: Settings,
    accounts: Accounts,
    media: Media,
    newsroom: Newsroom,
    now: Instant,
    progress: Callable[[], None] = lambda: None,
) -> SignIn:
    """Make the demo newsroom in an empty Daybook."""
    paper, stories = read_paper(), read_stories()
    sign_in, people = _hire(paper, accounts)
    loader = _Loader(settings, newsroom, media, paper, {story.slug: story for story in stories}, people, now)
    loader.set_up()
    for moment in loader.agenda(stories):
        loader.live(moment)
        progress()
    _keep(settings, sign_in)  # last: who finds it finds a demo that is whole
    return sign_in


def remembered(settings: Settings) -> SignIn | None:
    """How to sign in to the demo that was made here, or None where there is none."""
    try:
        return msgspec.json.decode((settings.var / "demo.json").read_bytes(), type=SignIn)
    except (OSError, msgspec.DecodeError):
        return None


def id_of(kind: str, name: str) -> str:
    """The id of something in the demo: the same for the same name."""
    return str(uuid5(_NAMESPACE, f"{kind}:{name}"))


def _hire(paper: Paper, accounts: Accounts) -> tuple[SignIn, dict[str, Actor]]:
    password = "-".join(secrets.choice(("quay", "tide", "buoy", "gull", "mast", "rope", "sail", "fern")) for _ in "12")
    password = f"{password}-{secrets.token_hex(3)}"
    people, listed = {}, []
    for person in paper.staff:
        role = _role(person)
        account = accounts.find(person.email) or accounts.add(person.email, person.name, role, password)
        people[person.key] = Actor(account.id, role, "desk")
        listed.append(Account(person.email, person.name, person.role))
    return SignIn(password, listed), people


def _role(person: Staff) -> Role:
    role: Role = msgspec.convert(person.role.replace(" ", "_"), Role)
    return role


def _keep(settings: Settings, sign_in: SignIn) -> None:
    path = settings.var / "demo.json"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(sign_in)))


class _Loader:
    def __init__(
        self,
        settings: Settings,
        newsroom: Newsroom,
        media: Media,
        paper: Paper,
        stories: dict[str, Story],
        people: dict[str, Actor],
        now: Instant,
    ) -> None:
        self.settings, self.newsroom, self.media, self.paper = settings, newsroom, media, paper
        self.stories, self.people, self.now, self.zone = stories, people, now, settings.zone
        self.images = {image.file: id_of("image", image.file) for image in paper.images}
        self.drafted: set[str] = set()
        self.versions: dict[str, int] = {}  # of each stream
        self.working: dict[str, Actor] = {}  # article → who began to work on it since it was last submitted

    def set_up(self) -> None:
        """The paper before its first story: title, sections, tags, pictures, names."""
        administrator = self._of_role("administrator")
        chief, photo = self._of_role("chief"), self._of_role("photo editor")
        self._send(self.now - _FOUNDED, administrator, [site_facts.Title(**self.paper.site)])
        for part in self.paper.sections:
            id = id_of("section", part.slug)
            opened = section.Open(id, name=part.name, slug=part.slug)
            described = section.Describe(id, description=part.description)
            self._send(self.now - _FOUNDED, chief, [opened, described, section.Move(id, order=part.order)])
        for subject in self.paper.tags:
            created = tag.Create(id_of("tag", subject.slug), name=subject.name, slug=subject.slug)
            self._send(self.now - _FOUNDED, chief, [created])
        for picture in self.paper.images:
            self._upload(picture, photo)
        for name in self.paper.bylines:
            self._sign(name, chief)

    def agenda(self, stories: list[Story]) -> list[Moment | Change]:
        """Everything that happens, oldest first."""
        moments: list[Moment | Change] = [m for story in stories for m in live(story, self.paper, self.now, self.zone)]
        return sorted([*moments, *self.paper.changes], key=self._at)

    def live(self, moment: Moment | Change) -> None:
        """Let one moment happen."""
        if isinstance(moment, Change):
            self._change(moment)
            return
        id = id_of("article", moment.story.slug)
        commands = getattr(self, f"_{moment.step.does}")(id, moment)
        self._send(moment.at, self.people[moment.step.who], commands)

    def _at(self, moment: Moment | Change) -> Instant:
        return when(moment.at, self.now, self.zone) if isinstance(moment, Change) else moment.at

    # --- each kind of step

    def _drafted(self, id: str, moment: Moment) -> list[Command]:
        story = moment.story
        self.drafted.add(story.slug)
        roles = (("by", story.by), ("photographs", story.photographs), ("contributing", story.contributing))
        signed = tuple(Credit(id_of("byline", slug), role) for role, slugs in roles for slug in slugs)  # type: ignore[arg-type]
        return [
            article.Draft(id, headline=moment.words.headline, kind=story.kind),  # type: ignore[arg-type]
            article.ChangeSlug(id, slug=story.slug),
            article.ChangeSection(id, section=id_of("section", story.section)),
            article.AssignBylines(id, bylines=signed),
            *self._edited(id, moment),
        ]

    def _edited(self, id: str, moment: Moment) -> list[Command]:
        words, story = moment.words, moment.story
        self.working.setdefault(id, self.people[moment.step.who])
        lead = Lead(self.images[words.lead], story.lead_caption, story.lead_alt) if words.lead else None
        return [
            article.ChangeKicker(id, kicker=words.kicker),
            article.ChangeHeadline(id, headline=words.headline),
            article.ChangeStandfirst(id, standfirst=words.standfirst),
            article.ChangeTags(id, tags=tuple(id_of("tag", slug) for slug in words.tags)),
            article.SetLeadImage(id, lead=lead),
            article.ReplaceBody(id, document=document(words.body, self.images, self._address)),
        ]

    def _submitted(self, id: str, moment: Moment) -> list[Command]:
        self.working.pop(id, None)
        related = tuple(id_of("article", slug) for slug in moment.story.related if slug in self.drafted)
        return [article.ChangeRelated(id, related=related), article.Submit(id)]

    def _returned(self, id: str, moment: Moment) -> list[Command]:
        return [article.Return(id, note=moment.step.note)]

    def _approved(self, id: str, moment: Moment) -> list[Command]:
        if writer := self.working.pop(id, None):  # what was edited since is theirs to submit
            self._send(moment.at, writer, [article.Submit(id)])
        return [article.Approve(id, reviewed=self.versions[f"article-{id}"])]

    def _published(self, id: str, _: Moment) -> list[Command]:
        return [article.Publish(id)]

    def _scheduled(self, id: str, moment: Moment) -> list[Command]:
        assert moment.story.at is not None
        return [article.Schedule(id, public_from=when(moment.story.at, self.now, self.zone))]

    def _updated(self, id: str, moment: Moment) -> list[Command]:
        return [article.Update(id, note=moment.step.note)]

    def _corrected(self, id: str, moment: Moment) -> list[Command]:
        return [article.Correct(id, note=moment.step.note)]

    def _withdrawn(self, id: str, moment: Moment) -> list[Command]:
        return [article.Withdraw(id, reason=moment.step.reason)]

    def _retracted(self, id: str, moment: Moment) -> list[Command]:
        return [article.Retract(id, notice=moment.step.note)]

    # --- things with lives of their own

    def _upload(self, picture: Image, photo: Actor) -> None:
        change = next((change for change in self.paper.changes if change.image == picture.file), None)
        id = self.images[picture.file]
        content = (FOLDER / "images" / picture.file).read_bytes()
        sha256 = self.media.put(content)
        facts = look_at(self.media.path(sha256), self.settings.picture_megapixels)
        upload = image.Upload(
            id,
            picture=Picture(sha256, facts.format, len(content), facts.width, facts.height),
            filename=picture.file,
            caption=change.caption_was if change and change.caption_was is not None else picture.caption,
            alt=picture.alt,
            credit=picture.credit,
        )
        focus = [image.SetFocus(id, x=picture.focus[0], y=picture.focus[1])] if picture.focus else []
        self._send(self.now - _FOUNDED, photo, [upload, *focus])

    def _sign(self, name: Byline, chief: Actor) -> None:
        change = next((change for change in self.paper.changes if change.byline == name.slug), None)
        id = id_of("byline", name.slug)
        commands: list[Command] = [
            byline.Create(id, name=(change and change.name_was) or name.name, slug=name.slug),
            byline.ChangeTitle(id, title=(change and change.title_was) or name.title),
            byline.ChangeBio(id, bio=name.bio),
        ]
        if name.portrait:
            commands.append(byline.SetPortrait(id, image=self.images[name.portrait]))
        self._send(self.now - _FOUNDED, chief, commands)

    def _change(self, change: Change) -> None:
        who, at = self.people[change.who], self._at(change)
        if change.image:
            caption = next(picture.caption for picture in self.paper.images if picture.file == change.image)
            self._send(at, who, [image.ChangeCaption(self.images[change.image], caption=caption)])
        if change.byline:
            name = next(name for name in self.paper.bylines if name.slug == change.byline)
            id = id_of("byline", name.slug)
            self._send(at, who, [byline.Rename(id, name=name.name), byline.ChangeTitle(id, title=name.title)])

    def _address(self, slug: str) -> str:
        """Where a story is, or will be."""
        at = self.stories[slug].at
        assert at is not None, f"{slug} is linked to and was never public"
        day: datetime = to_datetime(when(at, self.now, self.zone)).astimezone(self.zone)
        return f"/{day:%Y/%m/%d}/{slug}"

    def _of_role(self, role: str) -> Actor:
        return self.people[next(person.key for person in self.paper.staff if person.role == role)]

    def _send(self, at: Instant, who: Actor, commands: list[Command]) -> None:
        self.versions.update(self.newsroom.handle(commands, who, occurred_at=at, origin=_ONE_RUN).versions)
