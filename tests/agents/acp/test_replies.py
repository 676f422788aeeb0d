"""What goes to an agent in a turn, and what its answers are."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from acp import RequestError
from acp.schema import PromptResponse

from openclaw.agents.acp.ports import Done, Said
from openclaw.agents.acp.replies import BLIND, Refused, blocks_of, ending, refusal
from openclaw.domain.files import Picture
from openclaw.errors import AgentFailed


def test_pictures_are_shown_to_those_that_see(tmp_path: Path) -> None:
    """In base64; one that is gone meanwhile is left out; the others are told that there are some."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    said = Said(
        "look", (Picture(str(tmp_path / "a.png"), "image/png"), Picture(str(tmp_path / "b"), "image/png"))
    )
    text, picture = blocks_of(said, sees=True)
    assert (text.text, picture.mime_type) == ("look", "image/png")
    assert base64.b64decode(picture.data) == b"\x89PNG"
    [blind] = blocks_of(said, sees=False)
    assert blind.text == f"look\n{BLIND}"
    assert blocks_of(Said("look"), sees=False)[0].text == "look"


def test_files_are_linked_by_their_place(tmp_path: Path) -> None:
    """Every agent of the protocol takes links; the name needs no escapes, the address does."""
    _, link = blocks_of(Said("read it", files=(str(tmp_path / "my plan.pdf"),)), sees=False)
    assert (link.type, link.name) == ("resource_link", "my plan.pdf")
    assert link.uri == f"file://{tmp_path}/my%20plan.pdf"


def _ended(**answer: Any) -> Done:
    return ending(PromptResponse.model_validate(answer), "codex")


def test_an_ending_has_its_reason_and_its_cost() -> None:
    """Cancelled is an ending, too: codex ends a turn so when a tool is refused (measured)."""
    usage = {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}
    assert _ended(stopReason="end_turn", usage=usage) == Done("end_turn", 1, 2)
    assert _ended(stopReason="cancelled") == Done("cancelled")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"stopReason": "refusal"}, "codex: it refused to go on"),
        ({"stopReason": "max_tokens"}, "codex: the answer reached the limit of its model"),
        ({"stopReason": "max_turn_requests"}, "codex: it asked its model too often in one turn"),
        (
            {
                "stopReason": "end_turn",
                "_meta": {"jetbrains": {"air": {"sessionFailure": {"title": "model is down"}}}},
            },
            "codex failed: model is down",
        ),
        (
            {
                "stopReason": "end_turn",
                "_meta": {"jetbrains": {"air": {"sessionFailure": {"category": "limit"}}}},
            },
            "codex failed: limit",
        ),
    ],
)
def test_what_is_no_good_ending_is_a_failure(answer: dict[str, Any], told: str) -> None:
    """Told as data by codex-acp 2.6 and claude-agent-acp 0.101, or as a reason of the protocol."""
    with pytest.raises(AgentFailed) as caught:
        _ended(**answer)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "meta", [{"jetbrains": None}, {"jetbrains": {"air": []}}, {"jetbrains": {"air": {"sessionFailure": "x"}}}]
)
def test_what_looks_like_a_failure_and_is_none_changes_nothing(meta: dict[str, Any]) -> None:
    """Anything may stand there."""
    assert _ended(stopReason="end_turn", _meta=meta) == Done("end_turn")


def test_an_error_is_told_with_its_details_and_without_secrets() -> None:
    """As claude-agent-acp and codex-acp put them."""
    error = refusal(
        "codex",
        RequestError(-32603, "Internal error", {"details": "no rollout; key sk-ant-api03-" + "aB1" * 20}),
    )
    assert isinstance(error, Refused)
    assert str(error).startswith("codex answered with an error: Internal error: no rollout; key ")
    assert "aB1aB1aB1aB1aB1aB1aB1aB1" not in str(error)


def test_somebody_has_to_sign_in() -> None:
    """That is no refusal of one thing: nothing works before."""
    error = refusal("codex", RequestError.auth_required())
    assert not isinstance(error, Refused)
    assert "sign in" in str(error)
