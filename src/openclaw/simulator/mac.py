"""What every subscription and every request of one process shares.

Owns the bundle, and the look at what Messages has planned for later.
"""

from __future__ import annotations

import sqlite3
from time import time_ns
from typing import NamedTuple

from openclaw.simulator import later, schema
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.composing import Composer
from openclaw.simulator.output import Output
from openclaw.simulator.reading import Reader
from openclaw.simulator.twins import LinkTwins
from openclaw.simulator.versions import Version


class Settler:
    """Lets Messages do what it has planned for later, as soon as somebody looks."""

    def __init__(self, reader: Reader, database: str) -> None:
        self._reader = reader
        self._database = database
        self._seen: int | None = None
        self._due: int | None = None

    def settle(self) -> None:
        """Write what is due by now. A database that cannot be used shows so where it is needed."""
        try:
            self._settle()
        except (sqlite3.Error, schema.NotSimulated):
            return

    def _settle(self) -> None:
        seen = self._reader.data_version()
        if seen != self._seen:
            self._seen, self._due = seen, self._reader.next_due()
        if self._due is not None and self._due <= time_ns():
            self._due = None
            later.settle(self._database)


class Mac(NamedTuple):
    """The parts of one running program."""

    version: Version
    behaviour: Behaviour
    reader: Reader
    composer: Composer
    output: Output
    twins: LinkTwins
    settler: Settler
