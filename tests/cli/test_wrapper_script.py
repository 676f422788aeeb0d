"""The wrapper's text: what ssh is told by it, and what is read out of it again."""

from __future__ import annotations

import pytest

from openclaw.cli.answers import Phone
from openclaw.cli.wrapper_script import wrapper_text
from openclaw.config.remote_host import RemoteHost
from openclaw.config.wrapper import read_wrapper


@pytest.mark.parametrize(
    ("phone", "options"),
    [
        (Phone("/w", host="bot@mac"), {}),
        (Phone("/w", host="bot@mac", port=2222), {"port": 2222}),
        (
            Phone("/w", host="bot@mac", identity="/k $(id) 'x' \"y\".key"),
            {"identities": ("/k $(id) 'x' \"y\".key",), "options": ("IdentitiesOnly=yes",)},
        ),
    ],
)
def test_what_is_written_is_read_again(phone: Phone, options: dict[str, object]) -> None:
    """Files go the way of the wrapper, so its text must say it without doubt, whatever the key is called."""
    found = read_wrapper(wrapper_text(phone), "/home/u")
    assert found == RemoteHost(host="mac", user="bot", **options)  # type: ignore[arg-type]


def test_nothing_is_asked_and_no_unknown_key_is_taken() -> None:
    """Nobody is there; the operand comes behind `--`."""
    text = wrapper_text(Phone("/w", host="bot@mac"))
    assert "-o BatchMode=yes -o StrictHostKeyChecking=yes" in text
    assert " -- bot@mac " in text
