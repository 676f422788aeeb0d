"""The runtime of our own: an agent's prompts answered by the models that the configuration names.

It owns which model is asked, in which order and for how long; how a model is asked is behind the loader. The transcript
is the ledger's and comes with each prompt, so nothing of a session is kept here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from openclaw.agents.catalog import LOCAL_PROVIDER, resolve_model
from openclaw.agents.endpoint import AgentModels, ModelEndpoint
from openclaw.agents.handover import Emit, Handover
from openclaw.agents.history import ENTRY_TOKENS, estimate_tokens, fit_history, fit_words
from openclaw.agents.loader import Answerer, load_family
from openclaw.agents.local_child import LocalChild
from openclaw.agents.toolbox import Toolbox, summary
from openclaw.agents.tools.calls import RESULTS_SHARE
from openclaw.agents.tools.tool import Tool
from openclaw.config.sections.models import Provider
from openclaw.domain.ids import AgentId, SessionKey
from openclaw.domain.sessions import Session
from openclaw.domain.turns import Prompt, TurnEvent
from openclaw.errors import AgentError, AgentFailed, AgentNotConfigured

CANCEL_SECONDS = 5.0
"""Closing a connection takes no time; a run that does not end in this one is left to the end of the runtime."""

ANSWER_SHARE = 4
"""Where a model's answer has no limit of its own, one part in this many of its window is kept free for it."""

PICTURE_TOKENS = 1600
"""What a picture of the largest side that is sent takes of a window, about, with the providers that say so."""

Oversee = Callable[[Session, Prompt, Sequence[Tool]], Awaitable[Sequence[Tool]]]
"""What the tools of one run become before they are offered: some may be added, and each may be made to ask first."""


class EmbeddedRuntime:
    """Answers prompts through models. Made by ``open_embedded``, which also ends what it started."""

    def __init__(
        self,
        agents: Mapping[AgentId, AgentModels],
        connections: Connections,
        group: asyncio.TaskGroup,
        toolbox: Toolbox | None = None,
        oversee: Oversee | None = None,
    ) -> None:
        self._toolbox = toolbox
        self._oversee = oversee
        self._agents = agents
        self._connections = connections
        self._group = group
        self._runs: set[asyncio.Task[None]] = set()

    async def prompt(self, session: Session, prompt: Prompt) -> AsyncGenerator[TurnEvent]:
        """The events of one run, ending with ``Finished``; closing the iterator closes the connection to the model.

        Raises:
            AgentNotConfigured: no model, or none that could be asked as configured.
            AgentFailed: every model failed, or the time was up.
        """
        models = self._agents.get(session.agent)
        if models is None or models.primary is None:
            raise AgentNotConfigured(
                f'the agent "{session.agent}" has no model; set agents.defaults.model.primary to "provider/model", '
                f'for example "anthropic/claude-sonnet-4-5"'
            )
        handover = Handover()
        # A task of its own, because a deadline must not be entered in a generator: it would strike whoever reads it.
        run = self._group.create_task(self._run(session, models, prompt, handover))
        self._runs.add(run)
        try:
            async for event in handover:
                yield event
        finally:
            await _end({run})
            self._runs.discard(run)

    async def reset(self, session: SessionKey) -> None:
        """Forget a session: nothing to do, since the transcript comes with each prompt."""

    async def adopt(
        self,
        agents: Mapping[AgentId, AgentModels],
        providers: Mapping[str, Provider],
        environ: Mapping[str, str],
    ) -> None:
        """Go by other settings from the next run on; a run that goes on ends as it began."""
        self._agents = agents
        self._connections.adopt(providers, environ)
        # A client in use stays open; it is closed with the first change that finds nothing running.
        if not self._runs:
            await self._connections.close_clients()

    async def end_runs(self) -> None:
        """Cancel what still runs; its readers get an ``AgentFailed``."""
        await _end(self._runs)

    async def _run(self, session: Session, models: AgentModels, prompt: Prompt, handover: Handover) -> None:
        ended: Exception | None = AgentFailed("the run was ended because the gateway stops")
        try:
            async with asyncio.timeout(models.timeout_seconds):
                await self._ask_in_turn(session, models, prompt, handover.send)
            ended = None
        except TimeoutError:
            ended = AgentFailed(
                f"no complete answer within {models.timeout_seconds:g} s (agents.defaults.timeoutSeconds) "
                f"from {prompt.model or models.primary}"
            )
        # Not swallowed but carried over: it is raised to the reader, whose lane is the listed boundary.
        except Exception as error:
            ended = error
        finally:
            handover.close(ended)

    async def _ask_in_turn(self, session: Session, models: AgentModels, prompt: Prompt, emit: Emit) -> None:
        begun = False

        async def emit_once(event: TurnEvent) -> None:
            nonlocal begun
            begun = True
            await emit(event)

        tools = await self._tools(session, prompt, emit_once)
        failures: list[AgentError] = []
        # What was chosen for the session goes first; a model that is named twice is asked once.
        for ref in dict.fromkeys(filter(None, (prompt.model, models.primary, *models.fallbacks))):
            try:
                endpoint, answerer = await self._connections.open(
                    ref, models.silence_seconds, models.context_tokens
                )
                offered = tools if endpoint.takes_tools else ()
                fitted = _fitted(prompt, endpoint, offered)
                return await answerer.answer(fitted, emit_once, offered)
            except AgentError as error:
                failures.append(error)
                if begun:
                    break
        raise failures[0] if len(failures) == 1 else _all_failed(failures)

    async def _tools(self, session: Session, prompt: Prompt, emit: Emit) -> Sequence[Tool]:
        own = await self._toolbox.for_turn(session.agent, prompt, emit) if self._toolbox else ()
        return await self._oversee(session, prompt, own) if self._oversee else own


class Connections:
    """The models asked so far, each with its open client."""

    def __init__(
        self, providers: Mapping[str, Provider], environ: Mapping[str, str], local: LocalChild
    ) -> None:
        self._providers = providers
        self._environ = environ
        self._local = local
        self._open: dict[ModelEndpoint, Answerer] = {}

    async def open(
        self, ref: str, silence: float | None = None, narrowed: int | None = None
    ) -> tuple[ModelEndpoint, Answerer]:
        """The model's endpoint and what asks it; loads its library and starts the local model where needed.

        ``silence`` replaces the provider's own bound, in seconds; ``narrowed`` is all that may be used of the model's
        window, in tokens.

        Raises:
            AgentError: it is not configured, or the local model does not start.
        """
        endpoint = resolve_model(ref, self._providers, self._environ)
        if endpoint.provider == LOCAL_PROVIDER and not endpoint.base_url:
            address = await self._local.address()
            endpoint = replace(endpoint, base_url=address.base_url, api_key=address.api_key)
        window = min(endpoint.context_tokens, narrowed or endpoint.context_tokens)
        endpoint = replace(
            endpoint, timeout_seconds=silence or endpoint.timeout_seconds, context_tokens=window
        )
        if endpoint not in self._open:
            open_endpoint = await load_family(endpoint.api)
            # Looked up again: another run may have waited for the same load and come first.
            if endpoint not in self._open:
                self._open[endpoint] = open_endpoint(endpoint)
        return endpoint, self._open[endpoint]

    def adopt(self, providers: Mapping[str, Provider], environ: Mapping[str, str]) -> None:
        """Find models by other settings from now on."""
        self._providers = providers
        self._environ = environ

    async def close_clients(self) -> None:
        """Close every client; the next one that asks opens its own."""
        while self._open:
            _, answerer = self._open.popitem()
            await answerer.aclose()

    async def aclose(self) -> None:
        """Close every client and end the local model."""
        await self.close_clients()
        await self._local.stop()


@asynccontextmanager
async def open_embedded(
    agents: Mapping[AgentId, AgentModels],
    providers: Mapping[str, Provider],
    environ: Mapping[str, str],
    local: LocalChild | None = None,
    toolbox: Toolbox | None = None,
    oversee: Oversee | None = None,
) -> AsyncGenerator[EmbeddedRuntime]:
    """The runtime; at the end its runs are cancelled, its connections closed and the local model is ended.

    Nothing is loaded, connected or started before the first prompt needs it. ``oversee`` has the last word on the tools
    of each run.
    """
    connections = Connections(providers, environ, local or LocalChild(environ=environ))
    async with asyncio.TaskGroup() as group:
        runtime = EmbeddedRuntime(agents, connections, group, toolbox, oversee)
        try:
            yield runtime
        finally:
            await runtime.end_runs()
            await connections.aclose()


async def _end(runs: set[asyncio.Task[None]]) -> None:
    for run in runs:
        run.cancel()
    if runs:
        await asyncio.wait(runs, timeout=CANCEL_SECONDS)


def _fitted(prompt: Prompt, endpoint: ModelEndpoint, tools: Sequence[Tool]) -> Prompt:
    window = endpoint.context_tokens
    if tools:
        window -= window // RESULTS_SHARE + estimate_tokens(summary(tools))
    answer = min(endpoint.max_tokens or window // ANSWER_SHARE, window // 2)
    told = estimate_tokens(endpoint.instructions or prompt.instructions)
    told += PICTURE_TOKENS * len(prompt.pictures) if endpoint.sees else 0
    room = window - answer - told - 2 * ENTRY_TOKENS
    # A model that is too small for our instructions is too small for data beside what was said, too.
    about, text = fit_words("" if endpoint.instructions else prompt.about, prompt.text, room)
    said_now = estimate_tokens(about) + estimate_tokens(text)
    return replace(prompt, about=about, text=text, history=fit_history(prompt.history, room - said_now))


def _all_failed(failures: list[AgentError]) -> AgentError:
    text = "every model failed: " + "; then ".join(str(failure) for failure in failures)
    unconfigured = all(isinstance(failure, AgentNotConfigured) for failure in failures)
    return AgentNotConfigured(text) if unconfigured else AgentFailed(text)
