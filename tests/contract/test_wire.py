"""Every conversation of tests/wire, played against imsg: the simulated one, or the one that is installed on a Mac.

`OPENCLAW_CONTRACT_IMSG` names a real imsg (see scripts/contract-on-a-mac); `OPENCLAW_CONTRACT_SEND_TO` a handle that it
may write to. Without them the simulated Mac plays each conversation as the first and as the last release it holds for.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from openclaw.jsonrpc.transcript import Recording, read_transcript
from openclaw.simulator import phone
from openclaw.simulator.behaviour import write_settings
from openclaw.simulator.versions import TABLE

WIRE = Path(__file__).parent.parent / "wire"
REAL = os.environ.get("OPENCLAW_CONTRACT_IMSG", "")
RECIPIENT = os.environ.get("OPENCLAW_CONTRACT_SEND_TO", "")
BOUND_S = 150.0 if REAL else 20.0
"""On a Mac a send may take as long as an Apple event."""

KINDS: dict[str, re.Pattern[str]] = {
    "text": re.compile(r".+", re.DOTALL),
    "guid": re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
    "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
}
Json = Any
Memory = dict[str, Json]


def parts(number: str) -> tuple[int, ...]:
    """A release as something that can be compared."""
    return tuple(map(int, number.split(".")))


def holds(header: Json, number: str) -> bool:
    """Whether a conversation describes a release."""
    return parts(header["imsg"]) <= parts(number) <= parts(header.get("until", "999.0.0"))


def runs() -> Iterator[Any]:
    """Every file with every release that is to play it here."""
    installed = (
        subprocess.run([REAL, "--version"], capture_output=True, text=True, check=True).stdout if REAL else ""
    )
    for file in sorted(WIRE.glob("*.jsonl")):
        header = read_transcript(file).header
        known = [entry.number for entry in TABLE if holds(header, entry.number)]
        if REAL:
            able = {"": True, "recipient": bool(RECIPIENT)}.get(header.get("needs", ""), False)
            chosen = [installed.strip()] if able and holds(header, installed.strip()) else []
        else:
            chosen = list(dict.fromkeys([header["imsg"], *known[-1:]]))
        yield from (pytest.param(file, number, id=f"{file.stem}-as-{number}") for number in chosen)


class Peer:
    """An `imsg rpc` child whose records are sorted into answers and notifications."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers: list[Json] = []
        self.notices: list[Json] = []
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def write(self, line: Json) -> None:
        """Write one line; a text as it stands."""
        assert self.process.stdin
        text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def expected(self, line: Json) -> Json:
        """The record that stands where ``line`` is expected: by id, or the next notification."""
        while True:
            found = self._find(line)
            if found is not None:
                return found
            raw = self._lines.get(timeout=BOUND_S)
            assert raw, f"imsg has ended while {line} was expected"
            record = json.loads(raw)
            (self.notices if "method" in record else self.answers).append(record)

    def _find(self, line: Json) -> Json | None:
        if "method" in line:
            return self.notices.pop(0) if self.notices else None
        fitting = [each for each in self.answers if line["id"] in ("<any>", each["id"])]
        if fitting:
            self.answers.remove(fitting[0])
        return fitting[0] if fitting else None

    def end(self) -> int:
        """Close the input; return the exit code. What was still to come is then in `answers` and `notices`."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        code = self.process.wait(BOUND_S)
        self._thread.join(BOUND_S)
        self.process.stdout.close()
        while not self._lines.empty() and (raw := self._lines.get()):
            record = json.loads(raw)
            (self.notices if "method" in record else self.answers).append(record)
        return code


@contextmanager
def opened(command: list[str]) -> Iterator[Peer]:
    """A peer that is gone afterwards, whatever happened."""
    peer = Peer(command)
    try:
        yield peer
    finally:
        peer.process.kill()
        peer.end()


def filled(value: Json, memory: Memory) -> Json:
    """``value`` with everything remembered in its place."""
    match value:
        case str() if value.startswith("<$"):
            return memory[value[2:-1]]
        case dict():
            return {key: filled(each, memory) for key, each in value.items()}
        case list():
            return [filled(each, memory) for each in value]
        case _:
            return value


def differences(expected: Json, found: Json, memory: Memory, where: str = "") -> list[str]:
    """What does not fit, by path; kinds with a name are remembered."""
    if isinstance(expected, dict) and isinstance(found, dict):
        open_ended = "…" in expected
        keys = expected.keys() - {"…"}
        missing = [f"{where}.{key} is missing" for key in sorted(keys - found.keys())]
        extra = [f"{where}.{key} is not expected" for key in sorted(found.keys() - keys) if not open_ended]
        inner = [
            differences(expected[key], found[key], memory, f"{where}.{key}") for key in keys & found.keys()
        ]
        return [*missing, *extra, *(each for found_there in inner for each in found_there)]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [text for index, (a, b) in pairs for text in differences(a, b, memory, f"{where}[{index}]")]
    placeholder = re.fullmatch(r"<(?:(\w+):)?(\w+)>", expected) if isinstance(expected, str) else None
    if placeholder:
        name, kind = placeholder.groups()
        if name:
            memory[name] = found
        return [] if is_kind(found, kind) else [f"{where} is {found!r}, not a {kind}"]
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return [] if same else [f"{where} is {found!r} instead of {expected!r}"]


def is_kind(value: Json, kind: str) -> bool:
    """Whether a value is what a placeholder stands for."""
    if kind in KINDS:
        return isinstance(value, str) and KINDS[kind].fullmatch(value) is not None
    return {
        "any": True,
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "list": isinstance(value, list),
    }[kind]


def act(line: Json, database: Path, memory: Memory) -> None:
    """Do on the other side what a line says."""
    (name, given), *_ = [(key, each) for key, each in line.items() if key != "as"]
    does = {
        "say": phone.say,
        "tapback": phone.tapback,
        "make_group": phone.make_group,
        "owner_types": phone.owner_types,
    }
    done = does[name](database, **given)
    if isinstance(done, phone.Said) and "as" in line:
        memory.update({f"{line['as']}.{key}": value for key, value in asdict(done).items()})


def play(recording: Recording, peer: Peer, database: Path, memory: Memory) -> None:
    """Play a conversation to its end."""
    for entry in recording.entries:
        line = filled(entry.line, memory)
        match entry.direction:
            case "→":
                peer.write(line)
            case "☎":
                act(line, database, memory)
            case _:
                assert differences(line, peer.expected(line), memory) == []


@pytest.mark.parametrize(("file", "number"), list(runs()))
def test_imsg_speaks_as_it_is_written(file: Path, number: str, tmp_path: Path) -> None:
    """Every line that is expected comes, nothing else is answered, and the end of input ends it (tests/wire)."""
    database = tmp_path / "mac" / "chat.db"
    command = [REAL, "rpc"]
    if not REAL:
        phone.create_database(database)
        write_settings(str(database), {"debounceMs": 0})
        command = [
            sys.executable,
            "-m",
            "openclaw.simulator.imsg",
            "--as",
            number,
            "rpc",
            "--db",
            str(database),
        ]
    with opened(command) as peer:
        play(read_transcript(file), peer, database, {"to": RECIPIENT or "+15550100009"})
        assert peer.end() == 0
        assert peer.answers == []
        assert REAL or peer.notices == []


def test_each_file_is_played_and_says_what_it_shows() -> None:
    """No file lies there unused: each has a release that plays it, a case of its own and something expected."""
    files = sorted(WIRE.glob("*.jsonl"))
    recordings = [read_transcript(file) for file in files]
    assert {file.name for file in WIRE.iterdir()} == {file.name for file in files} | {"README.md"}
    assert len({recording.header["case"] for recording in recordings}) == len(files)
    for file, recording in zip(files, recordings, strict=True):
        assert file.name.startswith(recording.header["imsg"] + "-")
        assert any(holds(recording.header, entry.number) for entry in TABLE)
        assert any(entry.direction == "←" for entry in recording.entries)
        assert recording.header.keys() <= {"imsg", "until", "case", "needs"}
