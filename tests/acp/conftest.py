"""A model server that knows what agents ask beside, and each agent of others before it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.acp import outside
from tests.agents.model_server import ModelServer, open_model_server


@pytest.fixture
async def model() -> AsyncGenerator[ModelServer]:
    """What all agents of this test take for their model."""
    async with open_model_server(outside.is_beside) as server:
        yield server


@pytest.fixture
def codex(tmp_path: Path, model: ModelServer) -> outside.OutsideAgent:
    """Codex, before the model."""
    return outside.codex(tmp_path, model.url)


@pytest.fixture
def claude(tmp_path: Path, model: ModelServer) -> outside.OutsideAgent:
    """Claude's agent, before the model."""
    return outside.claude(tmp_path, model.url)


@pytest.fixture(params=["codex", "claude"])
def agent(request: pytest.FixtureRequest) -> outside.OutsideAgent:
    """Each of them, one test after the other."""
    return request.getfixturevalue(request.param)
