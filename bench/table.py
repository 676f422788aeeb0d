"""The figures as a table to read: one row per line of the budget, one column per gateway. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .measures import Figures


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it says, the figures it is made of, how they are written, and the budget."""

    label: str
    keys: tuple[str, ...]
    form: str
    budget: str = ""


LINES = (
    Line(
        "start to subscribed (first on an empty disk)",
        ("start s", "first start s"),
        "{:.2f} s ({:.2f} s)",
        "<= 1.0 s",
    ),
    Line("idle memory, whole tree", ("idle MiB",), "{:.0f} MiB", "<= 90 MiB"),
    Line("  without the phone's children", ("idle without phone MiB",), "{:.0f} MiB"),
    Line(
        "notification in to send out, median / p95",
        ("latency median ms", "latency p95 ms"),
        "{:.1f} / {:.1f} ms",
        "<= 10 / 25 ms",
    ),
    Line("  to the phone's own row", ("confirmed median ms", "confirmed p95 ms"), "{:.1f} / {:.1f} ms"),
    Line(
        "  CPU per message, tree / without phone",
        ("cpu per message ms", "cpu per message without phone ms"),
        "{:.1f} / {:.1f} ms",
    ),
    Line(
        "300 messages over 30 chats, all answered",
        ("burst wall s", "burst cpu s"),
        "{:.2f} s, {:.2f} s of CPU",
        "<= 3 s, <= 3 s of CPU",
    ),
    Line("  CPU without the phone's children", ("burst cpu without phone s",), "{:.2f} s"),
    Line(
        "  sends; unanswered, twice, elsewhere",
        ("burst sends", "burst unanswered", "burst answered twice", "burst answered elsewhere"),
        "{:.0f}; {:.0f}, {:.0f}, {:.0f}",
    ),
    Line(
        "first answer after start (from process start)",
        ("first answer s", "process start to first answer s"),
        "{:.2f} s ({:.2f} s)",
        "<= 2 s",
    ),
    Line("--version", ("--version s",), "{:.2f} s", "<= 0.12 s"),
    Line("channels status", ("channels status s",), "{:.2f} s", "<= 0.3 s"),
    Line("pairing list imessage", ("pairing list imessage s",), "{:.2f} s", "<= 0.3 s"),
    Line("memory after the burst, whole tree", ("after burst MiB",), "{:.0f} MiB", "<= 160 MiB"),
    Line("  without the phone's children", ("after burst without phone MiB",), "{:.0f} MiB"),
    Line("kept on disk per message", ("disk bytes per message",), "{:,.0f} bytes", "<= 4 KB"),
    Line(
        "one session, turns 11-30 and 181-200, median",
        ("session turns 11-30 median ms", "session turns 181-200 median ms"),
        "{:.1f}, {:.1f} ms",
        "flat",
    ),
    Line(
        "gateway killed: subscribed, answered after",
        ("gateway killed: subscribed s", "gateway killed: answered s"),
        "{:.2f}, {:.2f} s",
    ),
    Line(
        "watching child killed: subscribed, answered after",
        ("watching child killed: subscribed s", "watching child killed: answered s"),
        "{:.2f}, {:.2f} s",
        "<= 2 s",
    ),
    Line("sending child killed: answered after", ("sending child killed: answered s",), "{:.2f} s", "<= 2 s"),
    Line("catching up 100,000 rows that policy drops", ("catch-up rows/s",), "{:,.0f} /s", "> 5,000 /s"),
    Line(
        "  CPU from the start, peak of memory",
        ("catch-up cpu s", "catch-up peak MiB"),
        "{:.1f} s, {:.0f} MiB",
    ),
    Line("100 accounts: start until all are subscribed", ("accounts: start s",), "{:.1f} s"),
    Line(
        "  memory of gateway, of its children",
        ("accounts: gateway MiB", "accounts: children MiB"),
        "{:.0f}, {:.0f} MiB",
    ),
    Line(
        "  one message, median / p95, CPU",
        ("accounts: median ms", "accounts: p95 ms", "accounts: cpu ms"),
        "{:.1f} / {:.1f} ms, {:.1f} ms",
    ),
)


def render(columns: Mapping[str, Figures], stored: Sequence[int], raw: Mapping[str, float]) -> str:
    """The whole table as text."""
    lines = (*LINES, *_stored_lines(stored))
    rows = [["", *columns, "budget"]]
    rows += [
        [line.label, *(_cell(line, figures) for figures in columns.values()), line.budget] for line in lines
    ]
    rows += _failures(columns)
    rows += [
        [""],
        ["the machine's limits"],
        *([f"  {name}", f"{value:.2f} ms"] for name, value in raw.items()),
    ]
    return _aligned(rows)


def _stored_lines(stored: Sequence[int]) -> list[Line]:
    made = list[Line]()
    for rows in sorted(stored):
        keys = tuple(f"at {rows} stored: {what}" for what in ("median ms", "cpu ms", "MiB"))
        made.append(
            Line(f"at {rows:,} stored: median, CPU, memory", keys, "{:.1f} ms, {:.1f} ms, {:.0f} MiB", "flat")
        )
        if rows > 1:
            made.append(
                Line(
                    "  rows taken in that policy drops",
                    (f"fill rows/s to {rows}",),
                    "{:,.0f} /s",
                    "> 5,000 /s",
                )
            )
    return made


def _cell(line: Line, figures: Figures) -> str:
    values = [figures.get(key) for key in line.keys]
    if any(value is None for value in values):
        return "-"
    codes = [f" (exit code {figures[key]:.0f})" for key in _exit_codes(line) if key in figures]
    return line.form.format(*values) + "".join(codes)


def _exit_codes(line: Line) -> list[str]:
    return [f"{key.removesuffix(' s')} exit code" for key in line.keys]


def _failures(columns: Mapping[str, Figures]) -> list[list[str]]:
    is_failure: Callable[[str], bool] = lambda key: key.endswith(" failed")  # noqa: E731
    return [
        [f"! {name}: {key}: {value}"]
        for name, figures in columns.items()
        for key, value in figures.items()
        if is_failure(key)
    ]


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    counted = [row for row in rows if len(row) > 1]
    widths = [max(len(row[at]) for row in counted if at < len(row)) for at in range(max(map(len, counted)))]
    return "\n".join(
        "  ".join(cell.ljust(widths[at]) for at, cell in enumerate(row)).rstrip() for row in rows
    )
