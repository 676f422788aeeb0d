"""Secret values: how the file may give one, how it stays masked, and how it is revealed where it is used.

Knows which key names hold secrets; knows nothing of what they are for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from openclaw.config.paths import KeyPath
from openclaw.config.shape import Check

MASK = "***"

# A plural such as maxTokens counts something; a singular such as token opens something.
_SECRET_KEY = re.compile(
    r"(token|password|passwd|pwd|passphrase|passcode|secret|(api|private|access|signing|encrypt)[_-]?key"
    r"|(identity|certificate)[_-]?data|service[_-]?account|authorization|credentials?|cookie)$",
    re.IGNORECASE,
)
_SECRET_MAPS = frozenset({"headers", "env", "vars"})
# Of the original: the value of a header that its user names, as (parent, key).
_SECRET_PLACE = ("auth", "value")
_WEBHOOK = re.compile(r"(?<=//)(hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks)/[^\s\"']+")
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)@")
_URL_PARAMETER = re.compile(r"(?<=[?&])([\w.-]+)=([^&#\s\"'<>]+)")
# What opens something in an address, and is no secret's name elsewhere.
_OPENS_IN_URL = frozenset({"key", "sig", "signature", "auth"})
# A text that is nothing but the name of a variable tells nothing.
_VARIABLE = re.compile(r"((Bearer|Basic) )?\$\{[A-Z_][A-Z0-9_]*\}")
SECRET_IN_TEXT = re.compile(
    r"\b(?:sk|pk|gh[opsur]|github_pat|xox[abp]|xapp|AIza|AKIA)[-_]?[A-Za-z0-9_-]{16,}"
    r"|(?<=[Bb]earer )(?!\$\{)\S+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
"""What looks like a key of a well-known kind, wherever it stands."""

_VALUE = r"""("[^"]*"|'[^']*'|(?:(?:bearer|basic)\s+)?\S+)"""
# NAME=value and Name: value; and --name value, where the next option is no value.
_GIVEN = re.compile(rf"(?<![\w-])([\w-]+)(=|:\s*){_VALUE}", re.IGNORECASE)
_OPTION = re.compile(rf"(?<![\w-])(--?[a-z][\w-]*)(\s+)(?!-){_VALUE}", re.IGNORECASE)

# Nobody writes a=b=c=… any deeper, but for hiding something or making it costly to look.
_DEEPEST = 8

_REFERENCE_KEYS = frozenset({"source", "provider", "id"})
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,127}")
_PROVIDER = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True, repr=False)
class SecretText:
    """A secret written into the file itself (or through ``${VAR}``); shows as ``***`` everywhere."""

    text: str

    @classmethod
    def from_text(cls, text: str) -> SecretText:
        """Return the secret that ``text`` is."""
        return cls(text)

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK


def _provider_error(text: str) -> str | None:
    return None if _PROVIDER.fullmatch(text) else "must be a lower-case provider name"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """A secret that stands elsewhere; only its name is in the file."""

    source: Literal["env", "file", "exec"]
    provider: Annotated[str, Check(_provider_error)] = "default"
    id: str

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Return the rules that tie the fields together and are broken: key, message and fix."""
        if self.source == "env" and not _ENV_NAME.fullmatch(self.id):
            return [("id", "must name an environment variable in upper case", "write it like OPENAI_API_KEY")]
        return []


Secret = SecretText | SecretRef


def reveal(secret: Secret | None, environment: Mapping[str, str]) -> str | None:
    """Return the secret's text, None when it is unset, empty, or not to be had from ``environment``."""
    match secret:
        case SecretText(text):
            return text or None
        case SecretRef(source="env", id=name):
            return environment.get(name) or None
        case _:
            return None


def is_secret_key(name: str) -> bool:
    """Tell whether a key of this name holds something that must not be shown, itself or in the map it names."""
    return name in _SECRET_MAPS or _SECRET_KEY.search(name) is not None


def is_secret_path(path: KeyPath) -> bool:
    """Tell whether what stands at ``path`` of the file must not be shown."""
    return path[-2:] == _SECRET_PLACE or any(isinstance(step, str) and is_secret_key(step) for step in path)


def mask_secrets(document: Any, *, secret: bool = False) -> Any:
    """Return ``document`` with every secret value replaced by ``***``; references and ``${NAME}`` stay readable.

    ``secret`` says that the document itself stands under the key of a secret.
    """
    return _masked(document, secret=secret)


def mask_text(text: str) -> str:
    """Return ``text`` with what opens any URL in it masked (password, parameters), and what looks like a key."""
    text = _URL_PASSWORD.sub(rf"\1:{MASK}@", _WEBHOOK.sub(rf"\1/{MASK}", text))
    if "://" in text:
        text = _URL_PARAMETER.sub(_mask_parameter, text)
    return SECRET_IN_TEXT.sub(MASK, text)


def mask_command(text: str) -> str:
    """Return ``text`` as ``mask_text``, with what a command line or a header gives to a secret name masked as well."""
    return _OPTION.sub(_mask_value, _GIVEN.sub(_mask_value, mask_text(text)))


def _mask_parameter(found: re.Match[str]) -> str:
    name, value = found.groups()
    opens = is_secret_key(name) or name.lower() in _OPENS_IN_URL
    return f"{name}={MASK}" if opens and not _VARIABLE.fullmatch(value) else found[0]


def _mask_value(found: re.Match[str], depth: int = 0) -> str:
    name, sign, value = found.groups()
    if is_secret_key(name):
        return found[0] if _VARIABLE.fullmatch(value.strip("'\"")) else f"{name}{sign}{MASK}"
    if depth == _DEEPEST:
        return f"{name}{sign}{MASK}"
    # What it is given may give something itself: a URL, a quoted command.
    return f"{name}{sign}{_GIVEN.sub(lambda inner: _mask_value(inner, depth + 1), value)}"


def is_reference(value: Any) -> bool:
    """Tell whether ``value`` is an object that names where a secret is, and holds nothing else."""
    if not isinstance(value, dict):
        return False
    entries = cast("dict[str, Any]", value)
    return {"source", "id"} <= entries.keys() <= _REFERENCE_KEYS and entries["source"] in (
        "env",
        "file",
        "exec",
    )


def _masked(value: Any, *, secret: bool) -> Any:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        if is_reference(entries):
            return entries
        return {key: _masked_entry(key, item, secret=secret) for key, item in entries.items()}
    if isinstance(value, list):
        return _masked_list(cast("list[Any]", value), secret=secret)
    if isinstance(value, str):
        named = not value or _VARIABLE.fullmatch(value)
        return MASK if secret and not named else mask_text(value)
    if secret and isinstance(value, (int, float)) and not isinstance(value, bool):
        return MASK
    return value


def _masked_entry(key: str, value: Any, *, secret: bool) -> Any:
    parent, last = _SECRET_PLACE
    if key == parent and isinstance(value, dict) and last in value and not secret:
        entries = cast("dict[str, Any]", value)
        return _masked(entries, secret=False) | {last: _masked(entries[last], secret=True)}
    shown = _masked(value, secret=secret or is_secret_key(key))
    return mask_command(shown) if key == "command" and isinstance(shown, str) else shown


def _masked_list(items: list[Any], *, secret: bool) -> list[Any]:
    """The items masked; a list may be the arguments of a program, one of which names what the next one gives."""
    masked: list[Any] = []
    named = False
    for item in items:
        given = named and isinstance(item, str) and not item.startswith("-")
        shown = _masked(item, secret=secret or given)
        masked.append(mask_command(shown) if isinstance(shown, str) else shown)
        named = isinstance(item, str) and item.startswith("-") and is_secret_key(item)
    return masked
