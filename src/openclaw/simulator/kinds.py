"""What can go wrong on a Mac, as a table: each misbehaviour with the fields of its entry and their defaults.

Owns the names, the sentences and the defaults. Where each is done is in the module that does it; the way to switch one
is in `behaviour`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """One misbehaviour: what it does, and its fields with the values they have when an entry does not say."""

    does: str
    fields: Mapping[str, Any] = MappingProxyType({})


_MINUTES = 600.0
"""How long what lasts does so when nobody ends it earlier."""

KINDS: dict[str, Kind] = {
    # The program.
    "exit": Kind(
        "the child ends with `code` once it has written `afterLines` records", {"code": 1, "afterLines": 0}
    ),
    "hang-start": Kind(
        "the program reads nothing for `seconds`, as behind a question of macOS", {"seconds": _MINUTES}
    ),
    "permission-denied": Kind(
        "the database cannot be opened, for `reason`", {"reason": "authorization denied"}
    ),
    "bad-version": Kind(
        "`--version` takes `seconds`, prints `text` and ends with `code`",
        {"text": "dyld[412]: Library not loaded", "code": 0, "seconds": 0.0},
    ),
    "sleep": Kind("every program of the Mac does nothing for `seconds`, then goes on", {"seconds": 60.0}),
    "clock-jump": Kind("the Mac's clock is off by `seconds`: dates of new rows", {"seconds": 86_400.0}),
    # Its standard output.
    "noise": Kind(
        "the line `text` stands before a record, though it is no JSON", {"text": "a line that is not JSON"}
    ),
    "buffer": Kind(
        "output is held back until there are `bytes` (a line may be cut), `lines` if given, or `seconds` if given",
        {"bytes": 4096, "lines": 0, "seconds": 0.0},
    ),
    # Requests; `method` "" is any.
    "hang": Kind(
        "a request of `method` waits until the entry is gone or `seconds` have passed, all later ones behind it",
        {"method": "", "seconds": _MINUTES},
    ),
    "slow": Kind(
        "a request of `method` takes `delayMs` longer; from 0.14 other reads overtake it",
        {"method": "", "delayMs": 1000},
    ),
    "fail": Kind(
        "a request of `method` fails with `code` and `data`",
        {
            "method": "",
            "code": -32603,
            "data": "The operation couldn’t be completed. (SQLite.Result error 0.)",
        },
    ),
    "null-id": Kind(
        "a request of `method` fails with `code` and `data`, and the error names no request",
        {
            "method": "",
            "code": -32603,
            "data": "The operation couldn’t be completed. (SQLite.Result error 0.)",
        },
    ),
    "lost-answer": Kind("a request of `method` takes effect and is not answered", {"method": "send"}),
    # A send.
    "hang-send": Kind(
        "a send returns only when the entry is gone, or fails after `seconds`", {"seconds": 120.0}
    ),
    "refuse-send": Kind(
        "a send fails with `message`", {"message": "Not authorized to send Apple events to Messages. (-1743)"}
    ),
    "outcome-unknown": Kind(
        "from 0.14 a send fails with -32001, having gone out or not (`sent`)", {"sent": True}
    ),
    "ghost-row": Kind("a send into a group writes an empty row without a chat"),
    "late-own-row": Kind("the row of a send is written `delayMs` after it", {"delayMs": 1000}),
    # Rows. `whose` is own (of a send), inbound (of a person of `phone`) or all.
    "late-join": Kind("a row has no chat for its first `delayMs`", {"delayMs": 1000, "whose": "all"}),
    "late-text": Kind(
        "a row has no text and no files for its first `delayMs`", {"delayMs": 1000, "whose": "all"}
    ),
    "flip": Kind("the row of a send seems to be the peer's for its first `delayMs`", {"delayMs": 1000}),
    "mirror": Kind("what is sent to the own handle appears a second time, as inbound"),
    "reflect": Kind(
        "`delayMs` after a send the peer seems to say the same, as a reply to it if `reply`",
        {"delayMs": 3000, "reply": False},
    ),
    "missing-direction": Kind("messages have no `is_from_me`"),
    # The watch.
    "stall": Kind(
        "the watch reports nothing until the entry is gone or `seconds` passed", {"seconds": _MINUTES}
    ),
    "wal-rotation": Kind("the running watches get no file events any more; from 0.10 they notice and go on"),
    "duplicate": Kind("a row is reported twice"),
    "reorder": Kind("the rows of one poll are reported backwards"),
    "drop": Kind("a row with `text` in its text is not reported, though history has it", {"text": ""}),
    "overflow": Kind("from 0.14 a watch ends with `watch.overflow`"),
}
"""Every kind may have `times`: how often a process does it. It means nothing for what lasts or holds as long as the
entry is there: `exit`, `hang-start`, `permission-denied`, `bad-version`, `sleep`, `clock-jump`, `buffer`, `stall`,
`wal-rotation`. Nor for the rows of people, each of whom is a program of one row."""
