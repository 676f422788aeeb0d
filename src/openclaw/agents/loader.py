"""The one place where the model libraries are imported: late, off the loop, and only what is asked for.

One of the two lazy seams (decision 001). It must not know what the loaded code does, only the shape it has.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol

from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.domain.turns import Prompt, TurnEvent
from openclaw.errors import AgentFailed

Emit = Callable[[TurnEvent], Awaitable[None]]
"""Takes an event of a run; returns when the run may go on."""


class Answerer(Protocol):
    """A model that can be asked. Whoever opened it closes it."""

    async def answer(self, prompt: Prompt, emit: Emit) -> None:
        """Answer the prompt, ending with ``Finished``; every failure is an ``AgentFailed``."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


OpenEndpoint = Callable[[ModelEndpoint], Answerer]

# The two vendors' libraries are apart because each costs memory of its own: 15 MiB and 40 MiB.
_MODULES = {
    Api.OPENAI_COMPLETIONS: "openclaw.agents.openai_models",
    Api.OPENAI_RESPONSES: "openclaw.agents.openai_models",
    Api.ANTHROPIC_MESSAGES: "openclaw.agents.anthropic_models",
}

# Two threads importing packages with cycles inside can meet half-made modules.
_one_at_a_time = threading.Lock()


async def load_family(api: Api) -> OpenEndpoint:
    """What opens endpoints of this API; takes about a second the first time, and nothing after."""
    return await asyncio.to_thread(_import_family, _MODULES[api])


def _import_family(name: str) -> OpenEndpoint:
    with _one_at_a_time:
        collecting = gc.isenabled()
        # Importing makes a million objects that stay: collecting among them costs a third of the time, and every full
        # collection after it a tenth of a second of the event loop, unless they are set aside.
        gc.disable()
        try:
            opened: OpenEndpoint = importlib.import_module(name).open_endpoint
            gc.freeze()
        except ImportError as error:
            raise AgentFailed(
                f"the model library cannot be loaded: {error}; install openclaw again"
            ) from error
        finally:
            if collecting:
                gc.enable()
    return opened
