"""``make soak [ARGS=SECONDS]``: a real server under mixed work, with two rebuilds, one of them killed. Ten minutes.

People draft, publish, update and withdraw, and rename a byline that many stories bear; readers search and read pages
all the while. A rebuild is killed with SIGKILL a third of the way through, another one runs to its end. It must hold:
no answer but right ones, no search below what is known to be published, no word of a draft or of a withdrawn story
found, and at the end ``views verify`` equal and ``log verify`` sound. Prints counts; exits 1 where anything fell short.
"""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from uuid import UUID

from uuid_utils.compat import uuid7

from app import create_app
from cms import article, byline
from cms.decider import Actor
from cms.house import House
from cms.settings import load_settings
from events import document
from events.article import Credit
from tests.whole.conftest import command, environment, flask
from tests.whole.served import Served, served

CHIEF = Actor("ruth", "chief")
SOAKED = "soakedword"  # in every story that is published here
SECRET = "neverpublishedword"  # in drafts only
ALONE = "A soak has nobody else."
READERS = 2
PATIENCE = 120.0  # seconds until what was published must be found, on a machine that does much else


class Soak:
    """All of it, and what was seen."""

    def __init__(self, house: House, server: Served, seed: int) -> None:
        self.house, self.server, self.chance = house, server, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self.waits: list[float] = []  # seconds from a publication's acknowledgement until it was found
        self.live: list[str] = []
        self.floor = self.withdrawn = 0  # stories that were seen in a search and are not withdrawn since; that are
        self.paths = ["/", "/archive", "/feed.xml"]
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.name = str(uuid7())

    # --- the newsroom

    def write(self) -> None:
        """Work, until it is over."""
        self.house.newsroom.handle([byline.Create(self.name, "Soak Brandt")], CHIEF)
        deeds = [self.publish] * 6 + [self.draft] * 3 + [self.update] * 3 + [self.withdraw] + [self.rename]
        while not self.stopping.is_set():
            deed = self.chance.choice(deeds)
            deed()
            self.counts[deed.__name__] += 1

    def publish(self) -> None:
        """A story; wait until readers find it."""
        id, mark = str(uuid7()), f"mark{UUID(int=self.chance.getrandbits(128)).hex[:12]}"
        words = document.from_paragraphs([f"{SOAKED} {mark} of the harbour."])
        self.house.newsroom.handle([
            article.Draft(id, f"Soak {mark}"), article.ReplaceBody(id, words),
            article.AssignBylines(id, (Credit(self.name),)), article.Publish(id, without_approval=ALONE),
        ], CHIEF)  # fmt: skip
        began = time.monotonic()
        while (found := self.search(mark)) is not None and found["total"] != 1:
            if time.monotonic() - began > PATIENCE or self.stopping.is_set():
                break
            time.sleep(0.05)
        if found is not None and found["total"] == 1:
            self.waits.append(time.monotonic() - began)
            self.live.append(id)
            with self.lock:
                self.floor += 1
            self.paths.append(found["hits"][0]["url"].removeprefix(self.house.settings.site_url))
        elif not self.stopping.is_set():
            self.errors.append(f"a story was not found {PATIENCE:.0f} s after it was published: {found}")

    def draft(self) -> None:
        """Words that nobody may find."""
        id = str(uuid7())
        words = document.from_paragraphs([f"{SECRET} of the harbour."])
        self.house.newsroom.handle([article.Draft(id, f"{SECRET} draft"), article.ReplaceBody(id, words)], CHIEF)

    def update(self) -> None:
        """Other words for a story that is out."""
        if self.live:
            id = self.chance.choice(self.live)
            words = document.from_paragraphs([f"{SOAKED} again of the harbour, {self.chance.random()}."])
            update = article.Update(id, "More of it.", without_approval=ALONE)
            self.house.newsroom.handle([article.ReplaceBody(id, words), update], CHIEF)

    def withdraw(self) -> None:
        """Take one back; from then on it may not be shown."""
        if len(self.live) > 5:
            id = self.live.pop(self.chance.randrange(len(self.live)))
            with self.lock:
                self.floor -= 1
                self.withdrawn += 1
            self.house.newsroom.handle([article.Withdraw(id, "Soaked long enough.")], CHIEF)

    def rename(self) -> None:
        """All stories of the soak are rendered again."""
        self.house.newsroom.handle([byline.Rename(self.name, f"Soak {self.chance.randrange(10**6)}")], CHIEF)

    # --- readers

    def read(self) -> None:
        """Search and read, until it is over."""
        chance = random.Random(self.chance.random())
        while not self.stopping.is_set():
            if chance.random() < 0.5:
                path = chance.choice(self.paths)
                status, _ = self.server.get(path)
                self.counts["pages"] += 1
                if status not in (200, 410):  # 410: withdrawn since
                    self.errors.append(f"{path} answered {status}")
            else:
                self.look()
            time.sleep(0.02)

    def look(self) -> None:
        """No search is below what is known, and none finds what is not public.

        An answer that says itself that its time ran out is none to be counted by; how many did is told in the end.
        """
        with self.lock:
            before, gone = self.floor, self.withdrawn
        found = self.search(f"{SOAKED}%20-x{self.counts['searches']}")
        with self.lock:
            known = before - (self.withdrawn - gone)
        if found is not None and not found["partial"] and found["total"] < known:
            self.errors.append(f"a search found {found['total']} stories of {known} that were known")
        hidden = self.search(SECRET)
        if hidden is not None and (hidden["total"] or hidden["hits"]):
            self.errors.append(f"words of a draft were found: {hidden['hits']}")

    def search(self, words: str) -> "dict[str, object] | None":
        """An answer; None, and a fault, where there was none or one without the index."""
        status, body = self.server.get(f"/search.json?q={words}")
        self.counts["searches"] += 1
        if status != 200:
            self.errors.append(f"a search answered {status}")
            return None
        found: dict[str, object] = json.loads(body)
        self.counts["partial answers"] += bool(found["partial"])
        if found["degraded"]:
            self.errors.append("a search was answered without the index")
        return found


def rebuild(var: Path, kill_after: float | None) -> tuple[int, str]:
    """Rebuild everything, or be killed at it; the status it ended with, and the last that it said."""
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(flask("rebuild-index"), env=environment(var), stdout=said, stderr=subprocess.STDOUT)
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        said.seek(0)
        return process.returncode, said.read()[-2_000:]


def soak(var: Path, seconds: float, seed: int, say: Callable[[str], None] = print) -> list[str]:
    """Everything, for so long; what fell short."""
    settings = load_settings({"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None)
    with served(var) as server:
        house: House = create_app(settings).extensions["daybook"]
        run = Soak(house, server, seed)
        threads = [threading.Thread(target=run.write), *(threading.Thread(target=run.read) for _ in range(READERS))]
        for thread in threads:
            thread.start()
        try:
            end = time.monotonic() + seconds
            time.sleep(seconds / 4)
            killed, _ = rebuild(var, run.chance.uniform(0.8, 2.5))
            time.sleep(seconds / 4)
            completed, said = rebuild(var, None)
            while time.monotonic() < end or len(run.waits) < 3:
                time.sleep(0.2)
                if not all(thread.is_alive() for thread in threads):
                    run.errors.append("a reader or a writer gave up")
                    break
        finally:
            run.stopping.set()
            for thread in threads:
                thread.join()
            house.close()
    verified, sound = command(var, "views", "verify"), command(var, "log", "verify")
    errors = run.errors
    errors += [] if completed == 0 else [f"the second rebuild exited with {completed}: {said}"]
    errors += [] if verified["ok"] is True and sound["ok"] is True else [f"{verified}; {sound}"]
    waits = sorted(run.waits) or [0.0]
    counts = ", ".join(f"{count:,} {name}" for name, count in sorted(run.counts.items()))
    say(
        f"{seconds:.0f} s, seed {seed}: {counts}; "
        f"published to found: p50 {waits[len(waits) // 2]:.2f} s, p95 {waits[int(len(waits) * 0.95)]:.2f} s; "
        f"rebuilds: one killed (status {killed}), one completed; views equal, log sound; {len(errors)} faults"
    )
    return errors


def main() -> None:
    """From the command line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    with TemporaryDirectory() as name:
        var = Path(name) / "var"
        command(var, "demo")
        errors = soak(var, seconds, seed)
    for error in errors[:20]:
        print(f"! {error}")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
