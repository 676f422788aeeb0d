"""A name for a file that a stranger named: it is no path, hides nothing, and claims to be nothing else. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST_NAME_BYTES = 120
"""Short enough for every file system, with room for what a copy adds to it."""

_UNSAFE = re.compile(r'[/\\:*?"<>|$`\x00-\x1f\x7f]+')
# Reserved by Windows, whatever suffix follows: a workspace may lie on a shared disk.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Lone surrogates, control, direction and other invisible characters, private and unassigned ones, line ends.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_name(given: str, suffixes: Sequence[str] = ()) -> str:
    """``given`` as a name of our own disk, with one of ``suffixes`` where there are any; never empty."""
    visible = "".join(each for each in given if unicodedata.category(each) not in _INVISIBLE)
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", visible)).strip(" .") or "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, kind = name.rpartition(".")
    stem, suffix = (stem, f".{kind}") if dot and stem else (name, "")
    if suffixes and suffix.lower() not in suffixes:
        stem, suffix = stem + suffix, suffixes[0]
    suffix = _cut(suffix, LONGEST_NAME_BYTES // 2)
    return _cut(stem, LONGEST_NAME_BYTES - len(suffix.encode())) + suffix


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore").rstrip(" .") or "_" if text else ""
