from __future__ import annotations

import stat
from pathlib import Path

import pytest

from openclaw.config.secrets import SecretRef, SecretText
from openclaw.control.token import FILE_NAME, gateway_token, kept_token
from openclaw.errors import ConfigInvalid


def test_configured_token_wins_over_the_variable(tmp_path: Path):
    """The order of ruling 15: configuration, variable, generated."""
    environ = {"OPENCLAW_GATEWAY_TOKEN": "from-env", "MY_TOKEN": "referred"}
    assert gateway_token(SecretText("from-file"), environ, tmp_path) == "from-file"
    assert gateway_token(SecretRef(source="env", id="MY_TOKEN"), environ, tmp_path) == "referred"
    assert gateway_token(None, environ, tmp_path) == "from-env"
    assert not (tmp_path / FILE_NAME).exists(), "nothing is generated without need"


def test_a_configured_token_that_cannot_be_had_is_an_error(tmp_path: Path):
    """A missing secret must not quietly become another one (style 20)."""
    with pytest.raises(ConfigInvalid, match=r"gateway\.auth\.token"):
        gateway_token(SecretRef(source="env", id="MY_TOKEN"), {}, tmp_path)


def test_a_token_is_generated_once_and_kept_private(tmp_path: Path):
    """Generated once, 0600, in the state directory, which is made 0700 (ruling 15)."""
    state = tmp_path / "state"
    assert kept_token(state) == ""
    token = gateway_token(None, {}, state)
    assert len(token) >= 43, "256 bits"
    assert gateway_token(None, {"OPENCLAW_GATEWAY_TOKEN": "  "}, state) == token == kept_token(state)
    assert stat.S_IMODE((state / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_an_empty_token_file_is_not_a_token(tmp_path: Path):
    """An empty token would let everybody in (promise 5)."""
    (tmp_path / FILE_NAME).write_text("\n")
    assert gateway_token(None, {}, tmp_path)
