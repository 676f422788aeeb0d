"""What comes of preparing a file, as the child says it and the gateway understands it. Values and their JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the file is, and the forms of it that were made beside it ("" for none), by their names.

    ``form`` is of the type ``form_mime``: a picture as models take it, or a recording they can listen to; ``text`` is
    what can be read in it. ``note`` says what could not be done, and why.
    """

    mime: str
    family: str
    form: str = ""
    form_mime: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The file is not to be used, and why."""

    reason: str


def to_line(result: Prepared | Refused) -> str:
    """``result`` as one line of JSON."""
    return json.dumps({"refused": isinstance(result, Refused)} | asdict(result))


def from_line(line: bytes) -> Prepared | Refused | None:
    """What a line of the child says; ``None`` when that is nothing we know."""
    try:
        told = cast("dict[str, Any]", json.loads(line))
        is_refused, texts = told.pop("refused"), {str(key): str(value) for key, value in told.items()}
        return Refused(**texts) if is_refused else Prepared(**texts)
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
