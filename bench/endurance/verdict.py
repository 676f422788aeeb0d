"""What became of everything that was said: answered, withheld, doubled, lost, astray, or an answer to ourselves.

Pure: what was said and what stands written come in, the count and its stories come out. The phone is believed before
the ledger; the ledger is asked only where nothing stands on the phone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openclaw.domain.messages import canonical_text

from .answers import read_bubble
from .books import Books, Bubble, Kept, Row
from .crowd import Line

Ill = Literal["doubled", "lost", "astray", "self-answered"]
ILLS: tuple[Ill, ...] = ("doubled", "lost", "astray", "self-answered")

_UNDER_WAY = {"received", "suspect", "waiting", "in turn"}
_BUBBLE_UNDER_WAY = {"queued", "sending", "sent", "unknown"}
_BUBBLE_WITHHELD = {"parked", "unconfirmed", "expired", "failed", "dropped"}
_WITHHELD = {
    "dropped", "challenged", "late", "paused", "held", "quarantined", "silent", "failed", "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A line with what the phone made of it. ``at`` is the monotonic clock's."""

    line: Line
    row: int
    guid: str
    chat: int
    at: float


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that must not happen, for a person to look into."""

    ill: Ill
    what: str
    message: int | None = None
    bubbles: tuple[int, ...] = ()


@dataclass(slots=True)
class Tally:
    """The count. ``wanted`` is what had to be answered; it is answered, withheld, under way or lost."""

    said: int = 0
    wanted: int = 0
    answered: int = 0
    under_way: list[Said] = field(default_factory=list[Said])
    withheld: Counter[str] = field(default_factory=Counter[str])
    left_alone: Counter[str] = field(default_factory=Counter[str])
    cases: list[Case] = field(default_factory=list[Case])
    overtaken: int = 0

    def count(self, ill: Ill) -> int:
        """How many cases of ``ill`` there are."""
        return sum(case.ill == ill for case in self.cases)


class _Shelves:
    """The books by what one looks for."""

    def __init__(self, books: Books) -> None:
        self.rows = {row.guid: row for row in books.rows}
        self.kept = {kept.identity: kept for kept in books.kept}
        self.by_cause = defaultdict[tuple[str, int], list[Bubble]](list)
        for bubble in books.bubbles:
            self.by_cause[bubble.cause, bubble.cause_id].append(bubble)

    def bubbles_of(self, kept: Kept) -> list[Bubble]:
        """What we say because of a message: the answer of its turn, or to it as a command."""
        of_turn = self.by_cause["turn", kept.turn] if kept.turn is not None else []
        return of_turn + self.by_cause["command", kept.id]


@dataclass(slots=True)
class _Seen:
    """The answers that stand on the phone, by what they name."""

    parts: dict[tuple[str, bool], dict[int, list[Row]]]
    of: dict[tuple[str, bool], int]

    def is_whole(self, mark: str, *, again: bool) -> bool:
        """Whether every part of the answer to ``mark`` is there."""
        key = (mark, again)
        return key in self.of and len(self.parts[key]) >= self.of[key]

    def is_begun(self, mark: str, *, again: bool) -> bool:
        """Whether a part of it is there."""
        return (mark, again) in self.of


def judge(said: Sequence[Said], books: Books) -> Tally:
    """The count of ``said`` by what stands in ``books``."""
    tally, shelves, seen = Tally(said=len(said)), _Shelves(books), _seen(books.rows)
    for one in said:
        if one.line.expect in ("nothing", "challenge"):
            kept = shelves.kept.get(one.guid)
            tally.left_alone[_named(kept) if kept else "not taken in"] += 1
        else:
            _settle(tally, one, shelves, seen, _last_mark(said, one))
    typed = {one.guid for one in said if not one.line.sender}
    tally.cases += [*_doubled(seen, books, typed), *_astray(seen, said), *_to_ourselves(books, shelves)]
    tally.overtaken = _overtaken(seen)
    return tally


def _settle(tally: Tally, one: Said, shelves: _Shelves, seen: _Seen, mark: str) -> None:
    """Put one message that wants an answer where it belongs."""
    tally.wanted += 1
    if seen.is_whole(mark, again=one.line.expect == "again"):
        tally.answered += 1
        return
    kept = shelves.kept.get(one.guid)
    if kept is None:
        tally.under_way.append(one)
        return
    bubbles = shelves.bubbles_of(kept)
    states = {bubble.state for bubble in bubbles}
    # A bubble that was given up holds back the rest of its answer, which then stays queued.
    if states & _BUBBLE_WITHHELD:
        worst = next(bubble for bubble in bubbles if bubble.state in _BUBBLE_WITHHELD)
        tally.withheld[f"bubble {worst.state} ({worst.reason})"] += 1
    elif kept.state in _UNDER_WAY or states & _BUBBLE_UNDER_WAY:
        tally.under_way.append(one)
    elif kept.state in _WITHHELD:
        tally.withheld[_named(kept)] += 1
    elif kept.state in ("answered", "commanded") and bubbles and _all_arrived(bubbles, shelves):
        tally.answered += 1
    else:
        what = f"{one.line.kind} from {one.line.sender}, {one.line.text[-60:]!r}: {_named(kept)}"
        arrived = "; on the phone there is no answer" if bubbles else ", nothing was said to it"
        tally.cases.append(Case("lost", what + arrived, kept.id, tuple(bubble.id for bubble in bubbles)))


def lost_in_the_end(tally: Tally) -> None:
    """What is still under way when nothing moves any more, is lost."""
    for one in tally.under_way:
        where = f"{one.line.kind}, row {one.row} in chat {one.chat}, {one.line.text[-60:]!r}"
        tally.cases.append(Case("lost", f"{where}: not taken in, or under way for ever"))
    tally.under_way.clear()


def _all_arrived(bubbles: Iterable[Bubble], shelves: _Shelves) -> bool:
    return all(bubble.guid in shelves.rows for bubble in bubbles)


def _last_mark(said: Sequence[Said], one: Said) -> str:
    if one.line.mark or one.line.expect != "again":
        return one.line.mark
    before = [
        each.line.mark for each in said if each.chat == one.chat and each.row < one.row and each.line.mark
    ]
    return before[-1] if before else ""


def _seen(rows: Iterable[Row]) -> _Seen:
    seen = _Seen(defaultdict(lambda: defaultdict(list)), {})
    for row in rows:
        named = read_bubble(row.text) if row.from_me else None
        for mark in named.marks if named else ():
            assert named is not None
            seen.parts[mark, named.again][named.part].append(row)
            seen.of[mark, named.again] = named.of
    return seen


def _doubled(seen: _Seen, books: Books, typed: set[str]) -> Iterable[Case]:
    told = set[int]()
    for (mark, again), parts in seen.parts.items():
        for part, rows in parts.items():
            # Two "ok"s repeated after one question are answered with its mark both.
            if not again and len(rows) > 1 and not told.issuperset(row.id for row in rows):
                told.update(row.id for row in rows)
                where = ", ".join(f"{row.id} in chat {row.chat}" for row in rows)
                yield Case("doubled", f"part {part} of the answer to {mark}: rows {where}")
    owed = Counter((bubble.chat, canonical_text(bubble.text)) for bubble in books.bubbles)
    stands = defaultdict[tuple[int | None, str], list[Row]](list)
    for row in books.rows:
        if row.from_me and row.guid not in typed and row.text:
            stands[row.chat, canonical_text(row.text)].append(row)
    for (chat, text), rows in stands.items():
        if 0 < owed[chat, text] < len(rows) and not told.issuperset(row.id for row in rows):
            where = ", ".join(str(row.id) for row in rows)
            yield Case("doubled", f"{text[:60]!r} in chat {chat}: {owed[chat, text]} to say, rows {where}")


def _astray(seen: _Seen, said: Iterable[Said]) -> Iterable[Case]:
    asked = {one.line.mark: one for one in said if one.line.mark}
    for (mark, _), parts in seen.parts.items():
        for row in (row for rows in parts.values() for row in rows):
            one = asked.get(mark)
            if one is None:
                yield Case("astray", f"row {row.id} answers {mark}, which nobody asked")
            elif row.chat != one.chat:
                yield Case("astray", f"row {row.id} in chat {row.chat} answers {mark} of chat {one.chat}")
            elif one.line.expect in ("nothing", "challenge") and one.line.sender:
                yield Case("astray", f"row {row.id} answers {mark}, a {one.line.kind} that is to get none")


def _to_ourselves(books: Books, shelves: _Shelves) -> Iterable[Case]:
    by_row = {row.id: row for row in books.rows}
    for kept in books.kept:
        row = shelves.rows.get(kept.identity) or (
            by_row.get(kept.row) if kept.identity.startswith("row:") else None
        )
        if kept.turn is None or row is None:
            continue
        if row.from_me or read_bubble(row.text):
            whose = "our own" if row.from_me else "the echo in"
            yield Case(
                "self-answered", f"turn {kept.turn} of {whose} row {row.id}: {row.text[:60]!r}", kept.id
            )


def _overtaken(seen: _Seen) -> int:
    """How many answers have a later part before an earlier one."""
    firsts = ([parts[part][0].id for part in sorted(parts)] for parts in seen.parts.values())
    return sum(rows != sorted(rows) for rows in firsts)


def _named(kept: Kept) -> str:
    return f"{kept.state} ({kept.reason})" if kept.reason else kept.state
