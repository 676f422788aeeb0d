"""One prompt and its answer, while it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from acp.helpers import update_agent_message_text
from acp.interfaces import Client

from openclaw.agents.serving.said import Said, Shown
from openclaw.agents.serving.talk import Runtime, Served, Talk
from openclaw.domain.files import Picture
from openclaw.domain.turns import Finished, Prompt, TextDelta
from openclaw.errors import AgentError, AgentFailed

log = structlog.get_logger("openclaw.acp")

CUT_OFF = "(cut off by the user)"
"""What the model finds of its answer when nothing of it had been said."""


@dataclass(slots=True)
class Exchange:
    """What was said, and what came of it: ``finished`` or ``failure``, neither when it was cut off."""

    said: Said
    talk: Talk
    asked: Prompt
    answer: str = ""
    finished: Finished | None = None
    failure: AgentError | None = None
    _pieces: list[str] = field(default_factory=list[str])

    async def run(self, runtime: Runtime, client: Client) -> None:
        """Ask, and tell the client what is answered. Cancelled, it keeps what was said until then."""
        try:
            with TemporaryDirectory(prefix="openclaw-acp-") as folder:
                shown = await asyncio.to_thread(_on_disk, self.said.pictures, Path(folder))
                await self._tell(runtime, client, shown)
        except AgentError as error:
            self.failure = error
        except ConnectionError:
            self.failure = AgentFailed("the client is gone")
        # A listed boundary: a bug of one answer from the client's other sessions; its text may hold anything.
        except Exception:
            log.exception("acp.bug", session=self.talk.id)
            self.failure = AgentFailed(
                "the answer failed for a reason nobody foresaw; see acp.bug in the log"
            )
        finally:
            self.answer = "".join(self._pieces) or CUT_OFF

    async def _tell(self, runtime: Runtime, client: Client, shown: tuple[Picture, ...]) -> None:
        asked = replace(self.asked, pictures=shown)
        async with aclosing(runtime.prompt(self.talk.session, asked)) as events:
            async for event in events:
                match event:
                    case TextDelta(text=text):
                        self._pieces.append(text)
                        await client.session_update(self.talk.id, update_agent_message_text(text))
                    case Finished():
                        self.finished = event
                    case _:
                        # Effects are the client's to see as calls of tools, and files go to no chat here.
                        pass


def exchange(served: Served, talk: Talk, said: Said) -> Exchange:
    """The exchange that ``said`` begins."""
    asked = Prompt(
        served.instructions,
        tuple(talk.history),
        said.text,
        model=talk.model,
        thinking=talk.thinking,
        tools=served.rights,
    )
    return Exchange(said, talk, asked)


def _on_disk(pictures: Sequence[Shown], folder: Path) -> tuple[Picture, ...]:
    """``pictures`` as files in ``folder``: that is how a runtime takes them."""
    paths = [folder / str(place) for place in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture.content)
    return tuple(Picture(str(path), picture.mime_type) for path, picture in zip(paths, pictures, strict=True))
