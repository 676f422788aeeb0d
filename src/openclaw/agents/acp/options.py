"""The mode and the options of an agent's session, as a person set them. Imported with the protocol's library alone."""

from __future__ import annotations

from collections.abc import Awaitable

import structlog
from acp.client.connection import ClientSideConnection

from openclaw.agents.acp.abilities import Shown
from openclaw.agents.acp.exchange import Exchange
from openclaw.agents.acp.ports import Opening
from openclaw.agents.acp.replies import Refused

log = structlog.get_logger("openclaw.acp")


class Options:
    """Those of one agent; ``shown`` is kept up to date. ``outside`` names the session."""

    def __init__(
        self, opening: Opening, connection: ClientSideConnection, exchange: Exchange, shown: Shown
    ) -> None:
        self._opening = opening
        self._connection = connection
        self._exchange = exchange
        self._shown = shown

    async def settle(self, outside: str) -> None:
        """Go on as a person set it; what the agent does not have any more is told in the log and left."""
        options = self._opening.options
        wanted = {"model": options.model, "thought_level": options.thinking, **options.extras}
        for name, value in wanted.items():
            if value:
                await self._try(self.set(outside, name, value), name)
        if options.mode:
            await self._try(self.set_mode(outside, options.mode), "mode")

    async def set_mode(self, outside: str, mode: str) -> None:
        """Go on in another mode. Raises AgentFailed."""
        await self._exchange.answer(self._connection.set_session_mode(outside, mode))
        self._shown.mode_is(mode)

    async def set(self, outside: str, option: str, value: str) -> None:
        """Go on with another value of an option, named by its id or its category. Raises AgentFailed."""
        known = self._shown.option(option)
        if known is None:
            raise Refused(f"{self._opening.harness} has no option {option!r}")
        said = value.lower() in ("true", "on", "yes") if known.is_boolean else value
        found = await self._exchange.answer(self._connection.set_config_option(known.id, outside, said))
        self._shown.options_are(found.config_options)

    async def _try(self, setting: Awaitable[None], name: str) -> None:
        try:
            await setting
        except Refused as refused:
            log.warning("acp.option_refused", session=self._opening.key, option=name, cause=str(refused))
