"""Addresses that are led elsewhere by hand: what is one thing's is never another's, and nobody is sent in circles."""

import pytest

from cms.decider import Refused
from cms.path import stream_of
from cms.redirect import Point, Unpoint, address
from events.event import Event
from events.path import PathClaimed, PathClosed, PathPointed, PathRedirected, PathReleased, PathUnpointed
from tests.newsroom.spec import given

OLD, NEW, OTHER = "/blog/2009/quay", "/2026/11/23/quay", "/about/us"
POINTED = PathPointed(path=OLD, to=NEW)


def test_an_address_of_old_is_led_to_one_of_this_site() -> None:
    given().when(Point(OLD, NEW)).then(POINTED)
    given(POINTED).when(Point(OLD, NEW)).then()
    given(POINTED).when(Point(OLD, OTHER)).then(PathPointed(path=OLD, to=OTHER))
    given(POINTED).when(Unpoint(OLD)).then(PathUnpointed(path=OLD))
    given(POINTED, PathUnpointed(path=OLD)).when(Point(OLD, OTHER)).then(PathPointed(path=OLD, to=OTHER))


def test_what_was_given_back_may_be_led_elsewhere() -> None:
    claimed = PathClaimed(path=OLD, owner="article-x"), PathReleased(path=OLD, owner="article-x")
    given(*claimed).when(Point(OLD, NEW)).then(POINTED)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (PathClaimed(path=OLD, owner="article-x"), "is a story's"),
        (PathRedirected(path=OLD, owner="byline-x"), "was a byline's and leads to where it is now"),
        (PathClosed(path=OLD, owner="article-x"), "belonged to something that was withdrawn"),
    ],
)
def test_what_is_somebodys_is_not(event: Event, words: str) -> None:
    given(event).when(Point(OLD, NEW)).refused(words)
    given(event).when(Unpoint(OLD)).refused("is not led anywhere by hand")


def test_a_chain_is_followed_at_once_and_a_circle_refused() -> None:
    given().knowing(stream_of(OTHER), PathPointed(path=OTHER, to=NEW)).when(Point(OLD, OTHER)).then(POINTED)
    given().knowing(stream_of(NEW), PathPointed(path=NEW, to=OLD)).when(Point(OLD, NEW)).refused("leads back to")
    given().when(Point(OLD, OLD)).refused("leads back to")
    given().knowing(stream_of(NEW), PathClosed(path=NEW, owner="a")).when(Point(OLD, NEW)).refused("was withdrawn")


@pytest.mark.parametrize("path", ["/", "/desk/x", "/search", "/at/x/y", "/2026", "/2026/11/23", "/a.txt", "/at/x"])
def test_what_the_site_itself_needs_is_not_led_away(path: str) -> None:
    given().when(Point(path, NEW)).refused("The site itself needs")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("/a/b/", "/a/b"), (" /a ", "/a"), ("/", "/"), ("/caf%C3%A9", "/café"), ("/2014/05/01/x/", "/2014/05/01/x")],
)
def test_an_address_is_kept_in_one_way(text: str, kept: str) -> None:
    assert address(text, "path") == kept


@pytest.mark.parametrize(
    "text",
    ["", "a/b", "https://elsewhere.example/x", "//elsewhere.example/x", "/a?b=1", "/a#b", "/a//b", "/a/../b", "/\\x",
     "/a%0ab", "/%2F/evil.example", "http://[", "/" + "x" * 600, "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_of_this_site_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        address(text, "path")
    given().when(Point(text, NEW)).refused("")
    given().when(Point(OLD, text)).refused("")
