"""Strategies: configuration files as people write them, and worse; and what may be changed in them."""

from __future__ import annotations

from typing import Any

import pyjson5
from hypothesis import strategies as st

_BLANK = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])
_COMMENT = st.sampled_from(
    [
        "// plain\n",
        '// "key": {"a": [1, 2], }\r\n',
        "// שלום 👩‍👩‍👧 e\u0301\n",
        "// ended by a separator\u2028",
        "/* , } ] */",
        "/* two\n   lines // */",
        "/** 'quotes\" **/",
        "/**/",
    ]
)
_BREAK = st.sampled_from(["\n", "\r\n", "\n\n", "\r\n  ", "\n\t", "\r", "\ufeff"])
GAP = st.one_of(
    st.just(""), _BLANK, _BREAK, st.lists(st.one_of(_BLANK, _COMMENT, _BREAK), max_size=3).map("".join)
)
_KEYS = st.sampled_from(
    [
        "a",
        '"a"',
        "'b'",
        "b",
        "$c_1",
        "ключ",
        '"e\u0301"',
        "'it\\'s'",
        '"\\u0064"',
        '"// no comment"',
        '"{"',
        '"chat_guid:iMessage;+;x"',
        '"😀"',
        "true",
        "Infinity",
        '""',
        "'שלום'",
        '"0"',
    ]
)
_SCALARS = st.sampled_from(
    [
        "1",
        "-1.5",
        "0xFF",
        ".5",
        "5.",
        "+1e3",
        "Infinity",
        "-NaN",
        "true",
        "false",
        "null",
        '"text"',
        "'single \"'",
        '"/* no */ // comment"',
        '"+15551234567"',
        '"${TOKEN}"',
        '"two\\\nlines"',
        "'two\\\r\nlines'",
        '"\\x41\\u00e9\\0"',
        '"👩‍👩‍👧 e\u0301 שלום"',
        '"a\u2028b"',
        '"]}"',
        '"\\\\"',
        '"\\""',
    ]
)


def decoded_key(written: str) -> str:
    return next(iter(pyjson5.decode(f"{{{written}:0}}")))


def _enclosed(opened: str, closed: str, parts: list[tuple[str, str, str]], end: str, trailing: bool) -> str:
    if not parts:
        return opened + end + closed
    body = ",".join(before + part + after for before, part, after in parts)
    return opened + body + ("," if trailing else "") + end + closed


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.builds(lambda key, one, two, value: (key, f"{key}{one}:{two}{value}"), _KEYS, GAP, GAP, inner)
    members = st.lists(member, max_size=4, unique_by=lambda one: decoded_key(one[0]))
    wrapped = members.flatmap(
        lambda rows: st.tuples(*(st.tuples(GAP, st.just(text), GAP) for _, text in rows)).map(list)
    )
    items = st.lists(st.tuples(GAP, inner, GAP), max_size=4)
    objects = st.builds(_enclosed, st.just("{"), st.just("}"), wrapped, GAP, st.booleans())
    return objects | st.builds(_enclosed, st.just("["), st.just("]"), items, GAP, st.booleans())


_ANY = st.recursive(_SCALARS, _containers, max_leaves=12)
WILD = st.builds(
    lambda mark, before, text, after: mark + before + text + after,
    st.sampled_from(["", "\ufeff"]),
    GAP,
    _containers(_ANY).filter(lambda text: text.startswith("{")),
    GAP,
)
"""Texts of objects with anything JSON5 allows between any two words."""

NEW_KEYS = st.sampled_from(["new", "a.b", "it's", "chat_guid:iMessage;+;y", "новый", "class", "1"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["", "text", "it's", 'say "no"', "+15551234567", "${NAME}", "a\u2028b", "tab\tnl\n", "\\", "😀"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "new", "x y"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def paths_of(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path of ``document`` but the root."""
    found: list[tuple[str | int, ...]] = []
    rows = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, value in rows:
        found += [(*path, key), *paths_of(value, (*path, key))]
    return found


@st.composite
def neat(draw: st.DrawFn) -> str:
    """A text as a careful person writes it: an entry a line, comments above and behind, one style throughout."""
    newline, unit = draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from(["  ", "\t", "    "]))
    quote, trailing = draw(st.sampled_from(["", '"', "'"])), draw(st.booleans())

    def lines(depth: int) -> str:
        indent, rows = unit * depth, []
        names = draw(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=4, unique=True))
        for position, name in enumerate(names):
            value = (
                lines(depth + 1)
                if depth < 3 and draw(st.integers(0, 2)) == 0
                else draw(
                    st.sampled_from(["1", '"x"', "true", "[1, 2]", '["+1555"]', "{}", "[]", "{ p: 1 }"])
                )
            )
            comma = "," if trailing or position < len(names) - 1 else ""
            above = f"{indent}// about {name}{newline}" if draw(st.booleans()) else ""
            behind = draw(st.sampled_from(["", " // behind", " /* behind */"]))
            rows.append(f"{above}{indent}{quote}{name}{quote}: {value}{comma}{behind}{newline}")
        return "{" + newline + "".join(rows) + unit * (depth - 1) + "}"

    return lines(1) + draw(st.sampled_from(["", newline]))
