"""Variables: where ``${NAME}`` comes from, and putting it into the document.

The process environment comes first, then ``.env`` in the state directory, then the file's own ``env`` block. Nothing
here changes ``os.environ``; who needs a variable gets the mapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from openclaw.config.issues import invalid
from openclaw.config.paths import KeyPath, render_path
from openclaw.errors import ConfigIssue, ConfigUnreadable

_REFERENCE = re.compile(r"(\$?)\$\{([A-Z_][A-Z0-9_]*)\}")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_TRAILING_COMMENT = re.compile(r"\s+#.*$")
DOTENV = ".env"
"""The file of variables beside the state."""

# Keys of the ``env`` block that are not variables.
_SHELL_ENV, _VARS = "shellEnv", "vars"


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the assignments of a ``.env`` text: ``NAME=value``, quotes optional; other lines mean nothing."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        found = None if line.lstrip().startswith("#") else _ASSIGNMENT.fullmatch(line)
        if found:
            values[found[1]] = _unquoted(found[2])
    return values


def variables(
    document: Mapping[str, Any], environ: Mapping[str, str], state_dir: Path
) -> tuple[dict[str, str], list[ConfigIssue]]:
    """Return every variable the configuration may use, and the issues of its ``env`` block.

    An empty variable counts as missing. Raises ConfigUnreadable when ``.env`` is there and cannot be read.
    """
    outside = {**_read_dotenv(state_dir / DOTENV), **{name: text for name, text in environ.items() if text}}
    block, issues = _env_block(document.get("env"))
    return {**_resolved(block, outside), **outside}, issues


def substitute(
    value: Any, environment: Mapping[str, str], place: KeyPath = ()
) -> tuple[Any, list[ConfigIssue]]:
    """Return ``value`` with ``${NAME}`` replaced in every text, and an issue for each name that has no value.

    ``$${NAME}`` becomes the text ``${NAME}``; names with lower-case letters are left as they are.
    """
    issues: list[ConfigIssue] = []
    return _substituted(value, environment, place, issues), issues


def _substituted(
    value: Any, environment: Mapping[str, str], place: KeyPath, issues: list[ConfigIssue]
) -> Any:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {key: _substituted(item, environment, (*place, key), issues) for key, item in entries.items()}
    if isinstance(value, list):
        rows = cast("list[Any]", value)
        return [_substituted(item, environment, (*place, index), issues) for index, item in enumerate(rows)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def replacement(match: re.Match[str]) -> str:
        escaped, name = match.groups()
        if escaped:
            return match[0][1:]
        if not environment.get(name):
            issues.append(_missing(name, place))
        return environment.get(name) or match[0]

    return _REFERENCE.sub(replacement, value)


def _resolved(block: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the block; one that refers to nothing is left out, and reported where it stands."""
    found = {name: substitute(text, environment) for name, text in block.items()}
    return {name: text for name, (text, issues) in found.items() if text and not issues}


def _missing(name: str, place: KeyPath) -> ConfigIssue:
    return ConfigIssue(
        render_path(place),
        f"uses the variable {name}, which is not set or empty",
        value=f"${{{name}}}",
        fix=f"set {name} in the environment or in .env of the state directory; $${{{name}}} is the plain text",
    )


def _env_block(block: Any) -> tuple[dict[str, str], list[ConfigIssue]]:
    if block is None:
        return {}, []
    if not isinstance(block, dict):
        return {}, [invalid(("env",), "must be an object", block, "write it in braces: { … }")]
    entries = cast("dict[str, Any]", block)
    inner = entries.get(_VARS, {})
    if not isinstance(inner, dict):
        return {}, [invalid(("env", _VARS), "must be an object", inner, "write it in braces: { … }")]
    rows = {("env", key): value for key, value in entries.items() if key not in (_SHELL_ENV, _VARS)}
    rows |= {("env", _VARS, key): value for key, value in cast("dict[str, Any]", inner).items()}
    issues = [
        ConfigIssue(render_path(path), "must be a text", fix="write the value in quotes")
        for path, value in rows.items()
        if not isinstance(value, str)
    ]
    return {path[-1]: value for path, value in rows.items() if isinstance(value, str)}, issues


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        return {
            name: value for name, value in parse_dotenv(path.read_text(encoding="utf-8")).items() if value
        }
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise ConfigUnreadable(
            f"{path.parent} is a file and no directory; move it away, or name another place in OPENCLAW_STATE_DIR"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigUnreadable(
            f"{path} cannot be read: {error}. Make it a UTF-8 file of yours, or remove it"
        ) from error


def _unquoted(text: str) -> str:
    for quote in ('"', "'"):
        end = text.find(quote, 1)
        if text.startswith(quote) and end > 0:
            return text[1:end]
    return _TRAILING_COMMENT.sub("", text)
