"""Cutting the power: see powercut.c, which notes what was written and not synced."""

import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

_NOTE = struct.Struct("=4Q")
_MARK = 0x6461796B6E6F7465


def compiled(folder: Path, name: str = "powercut") -> Path:
    """The library to preload, made there. Skips where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler (cc), to put a disk between us and the disk that fails when it is told to")
    made = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


def environment(library: Path, folder: Path) -> dict[str, str]:
    """What a program is started with whose writes to ``folder`` are to be lost."""
    (folder / "undo").mkdir(exist_ok=True)
    (folder / "undo").chmod(0o777)
    return {"LD_PRELOAD": str(library), "POWERCUT": str(folder)}


def cut(folder: Path, chance: random.Random) -> int:
    """Take back what was not synced, of each file all of it or only the end: how many writes."""
    inodes = {path.stat().st_ino: path for path in folder.rglob("*") if path.is_file() and path.parent.name != "undo"}
    lost = 0
    for undo in (folder / "undo").iterdir():
        notes = _notes(undo.read_bytes())
        undo.unlink()
        path = inodes.get(int(undo.name))
        if path is None or not notes:
            continue
        kept = 0 if chance.random() < 0.5 else chance.randrange(len(notes) + 1)
        with path.open("r+b", buffering=0) as file:
            for where, size, old in reversed(notes[kept:]):
                os.pwrite(file.fileno(), old, where)
                file.truncate(size)
        lost += len(notes) - kept
    return lost


def _notes(data: bytes) -> list[tuple[int, int, bytes]]:
    notes, at = [], 0
    while at + _NOTE.size <= len(data):
        where, length, size, mark = _NOTE.unpack_from(data, at)
        at += _NOTE.size
        if mark != _MARK or at + length > len(data):
            break  # killed while noting: that write was never done
        notes.append((where, size, data[at : at + length]))
        at += length
    return notes
