"""What Anthropic's API gets on the wire."""

from __future__ import annotations

import asyncio

from tests.agents.model_server import open_model_server

from openclaw.agents.anthropic_models import open_endpoint
from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.turns import Prompt, TurnEvent

BOUND = 20.0
"""Far above what any wait here takes on a busy machine; it only ends a test that would hang."""

HISTORY = (
    TranscriptEntry("user", "one"),
    TranscriptEntry("user", "two"),
    TranscriptEntry("assistant", "drei 👋\nlines"),
)


async def _take(_: TurnEvent) -> None:
    """What is said back is not the question here."""


def _text(role: str, text: str) -> dict[str, object]:
    return {"role": role, "content": [{"type": "text", "text": text}]}


async def test_messages_get_the_instructions_apart_and_all_that_was_said() -> None:
    """The whole body is pinned: what was said, in order, and nothing else (design 8: history)."""
    async with open_model_server() as server, asyncio.timeout(BOUND):
        endpoint = ModelEndpoint(
            "test", "m", Api.ANTHROPIC_MESSAGES, server.url, 8000, 10.0, api_key="k", max_tokens=50
        )
        answerer = open_endpoint(endpoint)
        await answerer.answer(Prompt("Be brief.", HISTORY, "now"), _take)
        await answerer.aclose()
    assert server.requests[-1].body == {
        "model": "m",
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            _text("user", "one"),
            _text("user", "two"),
            _text("assistant", "drei 👋\nlines"),
            _text("user", "now"),
        ],
        "max_tokens": 50,
        "stream": True,
    }
