"""The lazy seam: what is loaded, and when."""

from __future__ import annotations

import asyncio
import json
import sys

from openclaw.agents.endpoint import Api
from openclaw.agents.loader import load_family

HEAVY = ("pydantic_ai", "openai", "anthropic", "httpx2", "mcp", "mcp_types", "fastmcp", "acp")


async def _loaded(code: str) -> list[str]:
    """Which heavy packages a fresh interpreter holds after ``code``."""
    program = (
        f"{code}\nimport json, sys; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(child.communicate(), 60)
    return json.loads(out)


async def test_the_runtime_is_there_without_any_model_library() -> None:
    """Nothing heavy is imported before a turn needs it (decision 001, budget of idle memory)."""
    assert await _loaded("import openclaw.agents.embedded, openclaw.agents.toolbox") == []


async def test_only_the_family_that_is_asked_for_is_loaded() -> None:
    """Each vendor's library costs memory of its own (decision 001)."""
    code = (
        "import asyncio; from openclaw.agents import endpoint, loader; asyncio.run(loader.load_family('{}'))"
    )
    assert "anthropic" not in await _loaded(code.format(Api.OPENAI_RESPONSES))
    assert "openai" not in await _loaded(code.format(Api.ANTHROPIC_MESSAGES))
    assert "mcp" not in await _loaded(code.format(Api.OPENAI_COMPLETIONS))


async def test_servers_of_tools_load_their_own_library_and_no_model_s() -> None:
    """MCP costs memory only where it is used, and of it only what is used (decision 022)."""
    loaded = await _loaded(
        "import asyncio; from openclaw.agents import loader; asyncio.run(loader.load_mcp())"
    )
    assert "mcp" in loaded
    assert not {"pydantic_ai", "openai", "anthropic", "fastmcp"} & set(loaded)


async def test_a_family_is_loaded_once() -> None:
    """Turns that arrive together wait for one load (decision 001)."""
    both = await asyncio.gather(load_family(Api.OPENAI_COMPLETIONS), load_family(Api.OPENAI_RESPONSES))
    assert both[0] is both[1]
