"""The figures of ``bench/page`` as a table to read: one row for each thing, one column for each page. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .window import Figures

_VISIT = ("first paint", "list shown", "KiB")
_FRAMES = ("frames", "long frames", "longest ms")
_LINES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("log in with a code, until the first view", "{:.0f} ms", ("log in",)),
    (
        "first visit: first paint, list shown",
        "{:.0f}, {:.0f} ms",
        tuple(f"first visit: {key}" for key in _VISIT[:2]),
    ),
    ("  transferred", "{:.0f} KiB", ("first visit: KiB",)),
    (
        "visit again: first paint, list shown",
        "{:.0f}, {:.0f} ms",
        tuple(f"again: {key}" for key in _VISIT[:2]),
    ),
    ("  transferred", "{:.0f} KiB", ("again: KiB",)),
    ("scroll the list of 500 to its end", "{:.1f} s, {:.0f} KiB", ("list s", "list KiB")),
    ("  frames, over 50 ms, longest", "{:.0f}, {:.0f}, {:.0f} ms", tuple(f"list {key}" for key in _FRAMES)),
    ("open a conversation of 18, of 1,018", "{:.0f}, {:.0f} ms", ("open usual", "open longest")),
    (
        "scroll 1,018 messages to the first one",
        "{:.1f} s, {:.0f} KiB",
        ("conversation s", "conversation KiB"),
    ),
    (
        "  frames, over 50 ms, longest",
        "{:.0f}, {:.0f}, {:.0f} ms",
        tuple(f"conversation {key}" for key in _FRAMES),
    ),
    ("row on the Mac to its bubble, median, longest", "{:.0f}, {:.0f} ms", ("live median", "live longest")),
    ("  row of the answer to its bubble", "{:.0f}, {:.0f} ms", ("live answer median", "live answer longest")),
    ("  row to the list, another chat", "{:.0f}, {:.0f} ms", ("live list median", "live list longest")),
    ("  frames, over 50 ms, longest", "{:.0f}, {:.0f}, {:.0f} ms", tuple(f"live {key}" for key in _FRAMES)),
    ("JS heap with the list, after all the scrolling", "{:.1f}, {:.1f} MiB", ("heap MiB", "heap after MiB")),
)


def render(columns: Mapping[str, Figures]) -> str:
    """The whole table as text, one column for each page."""
    wide = max(len(label) for label, _, _ in _LINES)
    head = " " * wide + "".join(f"  {name:<22}" for name in columns)
    lines = [
        label.ljust(wide)
        + "".join(f"  {form.format(*(one[key] for key in keys)):<22}" for one in columns.values())
        for label, form, keys in _LINES
    ]
    return "\n".join(line.rstrip() for line in (head, *lines))
