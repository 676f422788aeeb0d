"""The token that proves an operator: configured, from the environment, or generated once and kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from openclaw.config.private_file import write_private
from openclaw.config.secrets import Secret, reveal
from openclaw.errors import ConfigInvalid, ConfigIssue

VARIABLE = "OPENCLAW_GATEWAY_TOKEN"
FILE_NAME = "gateway.token"
# 256 bits: nobody guesses it, however long they try.
_BYTES = 32


def gateway_token(configured: Secret | None, environ: Mapping[str, str], state_dir: Path) -> str:
    """The token of this installation: ``gateway.auth.token``, else the variable, else the kept one.

    The kept one is made at the first call, readable by its owner only (design ruling 15).

    Raises:
        ConfigInvalid: a token is configured and cannot be had; another one must not take its place.
    """
    if configured is not None:
        return reveal(configured, environ) or _unavailable()
    return environ.get(VARIABLE, "").strip() or kept_token(state_dir) or _generate(state_dir)


def kept_token(state_dir: Path) -> str:
    """The token that was generated for ``state_dir``, "" when there is none."""
    try:
        return (state_dir / FILE_NAME).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return ""


def _unavailable() -> str:
    issue = ConfigIssue(
        "gateway.auth.token",
        "names a secret that has no value here",
        fix=f"set the variable it names, or remove the key to use {VARIABLE} or a generated token",
    )
    raise ConfigInvalid("the configuration", [issue])


def _generate(state_dir: Path) -> str:
    token = secrets.token_urlsafe(_BYTES)
    write_private(state_dir / FILE_NAME, token + "\n")
    return token
