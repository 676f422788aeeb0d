"""Grammars of texts in the file: executables, remote hosts, attachment roots, ids. Each returns what is wrong, or None.

Pure; knows no key by name.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
import zoneinfo

# What a shell, or a careless reader of a log, could take for more than a name.
_UNSAFE_EXECUTABLE = re.compile(r"[\0\r\n;&|`$<>\"']")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_BARE_DRIVE = re.compile(r"/?[A-Za-z]:/?")
_BARE_NAME = re.compile(r"[A-Za-z0-9._+][A-Za-z0-9._+-]*")
_HOST_NAME = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
_HOST_USER = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
_HOST_IPV6 = re.compile(r"\[[0-9A-Fa-f:.%]+\]")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED_IDS = frozenset({"__proto__", "constructor", "prototype"})
_ID_LIMIT = 64


def executable_error(text: str) -> str | None:
    """Accept a bare program name or a path; refuse anything a shell could read more into."""
    text = text.strip()
    if not text:
        return "must name an executable"
    if _UNSAFE_EXECUTABLE.search(text):
        return "must be one executable without shell characters or quotes"
    if text[0] in ".~" or "/" in text or "\\" in text or _DRIVE.match(text):
        return None
    if not _BARE_NAME.fullmatch(text):
        return "must be a path, or a bare name of letters, digits, dot, underscore, plus and dash"
    return None


def remote_host_error(text: str) -> str | None:
    """Accept ``host`` and ``user@host``; refuse ports, options, paths and white space."""
    user, at, host = text.strip().rpartition("@")
    if at and not _HOST_USER.fullmatch(user):
        return "must be host or user@host, without spaces or SSH options"
    if not _HOST_NAME.fullmatch(host) and not _HOST_IPV6.fullmatch(host):
        return "must be host or user@host, without spaces or SSH options"
    return None


def address_error(text: str) -> str | None:
    """Accept an ``http`` or ``https`` address with a host."""
    try:
        parts = urllib.parse.urlsplit(text.strip())
        is_address = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_address = False
    return None if is_address else "must be an address"


def attachment_root_error(text: str) -> str | None:
    """Accept an absolute folder whose segments are literal or exactly ``*``."""
    path = text.strip().replace("\\", "/")
    if "\0" in path:
        return "must not hold a zero character"
    if not (path.startswith("/") or _DRIVE.match(path)):
        return "must be an absolute path"
    path = posixpath.normpath(path)
    if path in ("/", "//") or _BARE_DRIVE.fullmatch(path):
        return "must be a folder, not a whole disk"
    if any("*" in segment and segment != "*" for segment in path.split("/")):
        return "may hold * only as a whole path segment"
    return None


def normalise_id(text: str) -> str:
    """Return an account or agent id as it is compared: lower case, 1 to 64 of ``a-z 0-9 _ -``; else ``default``."""
    folded = text.strip().lower()
    if folded in _RESERVED_IDS:
        return "default"
    if _ID.fullmatch(folded):
        return folded
    cleaned = re.sub(r"[^a-z0-9_-]+", "-", folded).lstrip("-_")[:_ID_LIMIT].strip("-")
    return cleaned or "default"


def typed_id_error(text: str) -> str | None:
    """Refuse a name that only becomes ``default`` because nothing is left of it."""
    if normalise_id(text) == "default" and text.strip().lower() != "default":
        return "must have a letter or digit from a-z, 0-9, and none of the names that programs reserve"
    return None


def text_error(text: str) -> str | None:
    """Refuse what no file name, pattern or message can hold: a zero character, or half of one."""
    if "\0" in text:
        return "must not hold a zero character"
    return "must not hold half a character" if any("\ud800" <= sign <= "\udfff" for sign in text) else None


def not_blank_error(text: str) -> str | None:
    """Refuse a text of white space."""
    return None if text.strip() else "must not be empty"


def time_zone_error(text: str) -> str | None:
    """Accept a zone of the IANA database by its name."""
    try:
        zoneinfo.ZoneInfo(text.strip())
    # A name that is a folder of the database, or leads out of it, is an OSError or a ValueError.
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return "must be the name of a time zone"
    return None
