"""How this Mac behaves today: the settings file beside the database, read again whenever it changes.

Owns `<database>.simulator.json`: which version to be, the watch's delays, and the list of misbehaviours. Each
misbehaviour is one entry `{"kind": …, …}` of `kinds.KINDS`; the place that misbehaves asks for its kind. A page or a
test switches them while the program runs, by `write_settings`.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from openclaw.simulator import rows
from openclaw.simulator.envelope import is_list, is_object
from openclaw.simulator.kinds import KINDS

SUFFIX = ".simulator.json"
_LOOK_S = 0.02


class Settings(NamedTuple):
    """What the file says; every key is optional and unknown ones are left alone."""

    version: str | None = None
    debounce_ms: int | None = None
    """Instead of the version's own delay between a file event and reading."""
    poll_ms: int | None = None
    """Instead of the version's own wait without a file event."""
    own_text: Literal["column", "body"] = "column"
    """Whether a sent row has its text in the `text` column or in `attributedBody` alone."""
    contacts: Mapping[str, str] = MappingProxyType({})
    """Names of the address book by handle."""
    helper: bool = False
    """Whether the helper runs inside Messages, as it can where the system protection is off."""
    misbehaviours: tuple[dict[str, Any], ...] = ()


class BadSettings(Exception):
    """The settings file is there and cannot be used; the message says where and why."""


def read_settings(text: str) -> Settings:
    """Read the text of a settings file. Raises BadSettings, with the reason, for one that is not usable."""
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise BadSettings(f"it is not JSON: {error}") from None
    if not is_object(data):
        raise BadSettings("it is not a JSON object")
    entries: Any = data.get("misbehaviour", [])
    if not is_list(entries) or not all(is_object(each) and "kind" in each for each in entries):
        raise BadSettings('"misbehaviour" is not a list of objects that have a "kind"')
    unknown = [str(each["kind"]) for each in entries if each["kind"] not in KINDS]
    if unknown:
        raise BadSettings(f"there is no misbehaviour {unknown[0]!r}; there are {', '.join(KINDS)}")
    return Settings(
        version=data.get("as"),
        debounce_ms=data.get("debounceMs"),
        poll_ms=data.get("pollMs"),
        own_text=data.get("ownText", "column"),
        contacts=data.get("contacts", {}),
        helper=data.get("helper") is True,
        misbehaviours=tuple(entries),
    )


class Behaviour:
    """The settings beside one database, as they stand at the moment of asking."""

    def __init__(self, database: str) -> None:
        self._path = database + SUFFIX
        self._stamp: tuple[int, int, int] | None = None
        self._settings = Settings()
        self._taken: dict[str, tuple[dict[str, Any], int]] = {}
        self._began: dict[str, tuple[dict[str, Any], float]] = {}
        self._counting = threading.Lock()

    @property
    def settings(self) -> Settings:
        """The settings now. Raises BadSettings, with its path, for an unusable file."""
        try:
            stat = os.stat(self._path)
        except FileNotFoundError:
            self._stamp, self._settings = None, Settings()
            return self._settings
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if stamp != self._stamp:
            with open(self._path, encoding="utf-8") as file:
                text = file.read()
            try:
                self._settings = read_settings(text)
            except BadSettings as error:
                raise BadSettings(f"{self._path} cannot be used: {error}") from None
            self._stamp = stamp
        return self._settings

    def look(self, kind: str) -> dict[str, Any] | None:
        """Return the entry of ``kind`` that is in force now, with all its fields, or None."""
        entry = next((each for each in self.settings.misbehaviours if each["kind"] == kind), None)
        return None if entry is None else {**KINDS[kind].fields, **entry}

    def take(self, kind: str, method: str | None = None) -> dict[str, Any] | None:
        """Return the entry of ``kind`` for one use, or None: an entry with `times` is used up after that many.

        With ``method`` only an entry for that method or for any. An entry that differs in any field, even an unknown
        one, counts anew.
        """
        entry = self.look(kind)
        if entry is None or (method is not None and entry["method"] not in ("", method)):
            return None
        with self._counting:
            before, count = self._taken.get(kind, (entry, 0))
            count = count if before == entry else 0
            if count >= entry.get("times", float("inf")):
                return None
            self._taken[kind] = (entry, count + 1)
        return entry

    def lasts(self, kind: str) -> bool:
        """Return whether ``kind`` is in force and its `seconds` since this process first saw it are not over."""
        entry = self.look(kind)
        if entry is None:
            self._began.pop(kind, None)
            return False
        before, began = self._began.get(kind, (None, 0.0))
        if before != entry:
            began = time.monotonic()
            self._began[kind] = (entry, began)
        return time.monotonic() - began < entry["seconds"]

    def outlast(self, entry: dict[str, Any]) -> bool:
        """Wait until ``entry`` is taken away (True) or its `seconds` have passed (False)."""
        deadline = time.monotonic() + entry["seconds"]
        while self.look(entry["kind"]) == entry:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_S)
        return True

    def sleep_through(self, *kinds: str) -> None:
        """Wait as long as one of ``kinds`` lasts."""
        while any(self.lasts(kind) for kind in kinds):
            time.sleep(_LOOK_S)

    def now(self) -> int:
        """Return what the Mac's clock says, in nanoseconds since 2001."""
        jump = self.look("clock-jump")
        return rows.now() + (int(jump["seconds"] * 1e9) if jump else 0)


def write_settings(database: str, settings: dict[str, Any]) -> None:
    """Replace the settings beside ``database`` in one step, so that no reader sees half a file."""
    path = database + SUFFIX
    draft = f"{path}.{os.getpid()}"
    with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        json.dump(settings, file, ensure_ascii=False, indent=1)
    os.replace(draft, path)
