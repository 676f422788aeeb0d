"""The parameters of one request, read as imsg reads them.

To 0.13 a wrong type counts as absent and unknown keys are ignored; from 0.14 both are errors. It knows no method:
which keys there are comes from the version.
"""

from __future__ import annotations

from typing import Any

from openclaw.simulator.envelope import BAD_PARAMS, RpcError, is_list
from openclaw.simulator.versions import Kind, Parameters

SELECTORS = ("chat_id", "chat_identifier", "chat_guid")


class Params:
    """Typed reading of a params object; every method takes the names in order and returns the first that is given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def text(self, *names: str) -> str | None:
        """Return a string; numbers and flags count by their number text."""
        return next((value for name in names if (value := _text(self._given.get(name))) is not None), None)

    def integer(self, *names: str) -> int | None:
        """Return an integer; floats are cut, flags and decimal texts count."""
        return next((value for name in names if (value := _integer(self._given.get(name))) is not None), None)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a flag; numbers count unless zero, texts only as exactly `true` and `false`."""
        value = self._given.get(name)
        if isinstance(value, bool | int | float):
            return bool(value)
        return {"true": True, "false": False}.get(value, default) if isinstance(value, str) else default

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, or the parts of a text with commas."""
        value = self._given.get(name)
        if isinstance(value, str):
            return tuple(part for each in value.split(",") if (part := each.strip()))
        entries = value if is_list(value) else []
        return tuple(text for each in entries if (text := _text(each)) is not None)

    def count(self, name: str, default: int) -> int:
        """Return an integer of at least one."""
        value = self.integer(name)
        return default if value is None else max(value, 1)

    def delay(self, *names: str) -> int | None:
        """Return milliseconds, None when not given. Raises RpcError for anything but a whole number from 0 on."""
        value = next((self._given[name] for name in names if self._given.get(name) is not None), None)
        if value is None:
            return None
        whole = None if isinstance(value, bool) else _integer(value)
        if whole is None or whole < 0 or (isinstance(value, float) and not value.is_integer()):
            raise RpcError(BAD_PARAMS, "debounce_ms must be a non-negative integer")
        return whole


def _text(value: Any) -> str | None:
    match value:
        case str():
            return value
        case bool():
            return str(int(value))
        case int() | float():
            return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
        case _:
            return None


def _integer(value: Any) -> int | None:
    match value:
        case bool() | int():
            return int(value)
        case float():
            return int(value)
        case str():
            try:
                return int(value)
            except ValueError:
                return None
        case _:
            return None


_STRICT: dict[Kind, tuple[type, ...]] = {"text": (str,), "integer": (int,), "flag": (bool,), "texts": (list,)}


def check(given: dict[str, Any], known: Parameters) -> None:
    """Apply the rules of 0.14. Raises RpcError for an unknown key, a wrong type, or several chat selectors."""
    for name, value in given.items():
        if name not in known:
            raise RpcError(BAD_PARAMS, f"unknown parameter: {name}")
        fits = isinstance(value, _STRICT[known[name]]) and (
            known[name] == "flag" or not isinstance(value, bool)
        )
        if not fits or (is_list(value) and not all(isinstance(each, str) for each in value)):
            raise RpcError(BAD_PARAMS, f"invalid type for parameter: {name}")
    if sum(name in given for name in SELECTORS) > 1:
        raise RpcError(BAD_PARAMS, "use exactly one of " + ", ".join(SELECTORS))
