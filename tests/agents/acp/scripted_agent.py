"""An outside agent that does what it is told: by a script at its start, and by the words of each prompt.

Run as a program of its own on the library's agent side. ``AGENT_SCRIPT`` is JSON: ``exit_at`` and ``silent_at`` name a
step (``start``, ``initialize``, ``session/new``, ``session/load``, ``session/resume``, ``session/cancel``,
``session/close``), the other fields are those of ``_USUAL``. Lines of a prompt that begin with ``!`` are orders, one of
the functions ``do_…`` below; a prompt without any is repeated. Sessions are kept in the folder ``.sessions``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from acp import RequestError, run_agent, start_tool_call, text_block, update_tool_call
from acp.schema import (
    AgentCapabilities,
    AgentMessageChunk,
    CloseSessionResponse,
    ImageContentBlock,
    Implementation,
    InitializeResponse,
    LoadSessionResponse,
    NewSessionResponse,
    PermissionOption,
    PromptCapabilities,
    PromptResponse,
    ResumeSessionResponse,
    SessionCapabilities,
    SessionCloseCapabilities,
    SessionConfigOptionBoolean,
    SessionConfigOptionSelect,
    SessionConfigSelectOption,
    SessionMode,
    SessionModeState,
    SessionResumeCapabilities,
    SetSessionConfigOptionResponse,
    SetSessionModeResponse,
    ToolCallLocation,
    ToolCallUpdate,
    Usage,
)

_USUAL: dict[str, Any] = {
    "exit_at": "",
    "silent_at": "",
    "name": "scripted",
    "version": 1,
    "resumes": True,
    "loads": False,
    "closes": True,
    "sees": True,
    "auth": False,
    "load_fails": False,
    "replay": 0,
    "banner": "",
    "deaf_to_term": False,
    "options": [["yes", "allow_once"], ["ever", "allow_always"], ["no", "reject_once"]],
}
SCRIPT: dict[str, Any] = {**_USUAL, **json.loads(os.environ.get("AGENT_SCRIPT") or "{}")}
SESSIONS = Path(".sessions")


def raw(line: str) -> None:
    """Write to stdout beside the library."""
    data = line.encode()
    while data:
        try:
            data = data[os.write(1, data) :]
        except BlockingIOError:
            continue


def chunk(session: str, text: str) -> str:
    """One update as a line."""
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    params = {"sessionId": session, "update": update}
    return json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": params}) + "\n"


async def step(name: str) -> None:
    """Leave, or fall silent, where the script says so."""
    note(name)
    if SCRIPT["exit_at"] == name:
        sys.stderr.write(f"leaving at {name}\n")
        sys.stderr.flush()
        os._exit(7)
    if SCRIPT["silent_at"] == name:
        await asyncio.Event().wait()


def note(what: str) -> None:
    """Write down what happened, for whoever watches the folder."""
    with Path("journal").open("a") as journal:
        journal.write(what + "\n")


class Agent:
    """One process with any number of sessions."""

    client: Any

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()
        self.deaf = False
        self.mode = "careful"
        self.model = "small"
        self.fast = False

    def on_connect(self, conn: Any) -> None:
        self.client = conn

    async def initialize(self, protocol_version: int, **kwargs: Any) -> InitializeResponse:
        await step("initialize")
        return InitializeResponse(
            protocol_version=SCRIPT["version"],
            agent_info=Implementation(name=SCRIPT["name"], version="1.2.3"),
            agent_capabilities=AgentCapabilities(
                load_session=SCRIPT["loads"],
                prompt_capabilities=PromptCapabilities(image=SCRIPT["sees"]),
                session_capabilities=SessionCapabilities(
                    resume=SessionResumeCapabilities() if SCRIPT["resumes"] else None,
                    close=SessionCloseCapabilities() if SCRIPT["closes"] else None,
                ),
            ),
        )

    async def new_session(self, cwd: str, **kwargs: Any) -> NewSessionResponse:
        await step("session/new")
        if SCRIPT["auth"]:
            raise RequestError.auth_required()
        SESSIONS.mkdir(exist_ok=True)
        session = uuid.uuid4().hex
        (SESSIONS / session).write_text("[]")
        raw('{"jsonrpc": "2.0", "method": "auth/status_update", "params": {"status": "fine"}}\n')
        self.replay(session)
        return NewSessionResponse(session_id=session, modes=self.modes(), config_options=self.options())

    async def load_session(self, cwd: str, session_id: str, **kwargs: Any) -> LoadSessionResponse:
        await step("session/load")
        self.find(session_id)
        for said in json.loads((SESSIONS / session_id).read_text()):
            raw(chunk(session_id, f"long ago: {said}"))
        self.replay(session_id)
        return LoadSessionResponse(modes=self.modes(), config_options=self.options())

    async def resume_session(self, cwd: str, session_id: str, **kwargs: Any) -> ResumeSessionResponse:
        await step("session/resume")
        self.find(session_id)
        self.replay(session_id)
        return ResumeSessionResponse(modes=self.modes(), config_options=self.options())

    async def close_session(self, session_id: str, **kwargs: Any) -> CloseSessionResponse:
        await step("session/close")
        return CloseSessionResponse()

    async def set_session_mode(self, mode_id: str, session_id: str, **kwargs: Any) -> SetSessionModeResponse:
        if mode_id not in ("careful", "bold"):
            raise RequestError.invalid_params({"details": "no such mode"})
        self.mode = mode_id
        return SetSessionModeResponse()

    async def set_config_option(
        self, config_id: str, session_id: str, value: str | bool, **kwargs: Any
    ) -> SetSessionConfigOptionResponse:
        if config_id == "llm":
            if value not in ("small", "large"):
                raise RequestError.invalid_params({"details": "no such model"})
            self.model = str(value)
        else:
            self.fast = bool(value)
        return SetSessionConfigOptionResponse(config_options=self.options())

    async def cancel(self, session_id: str, **kwargs: Any) -> None:
        await step("session/cancel")
        if not self.deaf:
            self.cancelled.set()

    async def prompt(self, session_id: str, prompt: list[Any], **kwargs: Any) -> PromptResponse:
        await step("session/prompt")
        self.cancelled.clear()
        told = "\n".join(block.text for block in prompt if block.type == "text")
        kept = SESSIONS / session_id
        kept.write_text(json.dumps([*json.loads(kept.read_text()), told]))
        turn = Turn(self, session_id, prompt)
        orders = [line[1:] for line in told.splitlines() if line.startswith("!")]
        for order in orders or [f"say you said: {told}"]:
            name, _, rest = order.partition(" ")
            await getattr(turn, f"do_{name.replace('-', '_')}")(rest)
            if self.cancelled.is_set():
                return PromptResponse(stop_reason="cancelled")
        usage = Usage(input_tokens=11, output_tokens=5, total_tokens=16)
        return PromptResponse(stop_reason=turn.stop, usage=usage, field_meta=turn.meta)

    def find(self, session: str) -> None:
        if SCRIPT["load_fails"]:
            raise RequestError(-32603, "Internal error", {"details": "no rollout found"})
        if not (SESSIONS / session).exists():
            raise RequestError(-32002, "Resource not found", {"sessionId": session})

    def replay(self, session: str) -> None:
        for number in range(SCRIPT["replay"]):
            raw(chunk(session, f"replayed {number}"))

    def modes(self) -> SessionModeState:
        modes = [SessionMode(id=name, name=name.title()) for name in ("careful", "bold")]
        return SessionModeState(available_modes=modes, current_mode_id=self.mode)

    def options(self) -> list[Any]:
        models = [SessionConfigSelectOption(name=name.title(), value=name) for name in ("small", "large")]
        return [
            SessionConfigOptionSelect(
                type="select",
                id="llm",
                name="Model",
                category="model",
                current_value=self.model,
                options=models,
            ),
            SessionConfigOptionBoolean(type="boolean", id="fast", name="Fast", current_value=self.fast),
        ]

    async def ext_method(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        raise RequestError.method_not_found(method)

    async def ext_notification(self, method: str, params: dict[str, Any]) -> None:
        return None


class Turn:
    """The orders of one prompt."""

    def __init__(self, agent: Agent, session: str, prompt: list[Any]) -> None:
        self.agent = agent
        self.session = session
        self.blocks = prompt
        self.stop: Any = "end_turn"
        self.meta: dict[str, Any] | None = None
        self.calls = 0

    async def update(self, update: Any) -> None:
        await self.agent.client.session_update(self.session, update)

    async def say(self, text: str, message: str | None = "m1") -> None:
        content = text_block(text)
        await self.update(
            AgentMessageChunk(session_update="agent_message_chunk", content=content, message_id=message)
        )

    async def do_say(self, text: str) -> None:
        """Say it in small pieces."""
        for start in range(0, len(text), 5):
            await self.say(text[start : start + 5])

    async def do_aside(self, text: str) -> None:
        """Say it in a message without a name."""
        await self.say(text, None)

    async def do_update(self, update: str) -> None:
        """Send any update."""
        params = {"sessionId": self.session, "update": json.loads(update)}
        raw(json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": params}) + "\n")

    async def do_raw(self, line: str) -> None:
        """Write any line."""
        raw(line.replace("SESSION", self.session) + "\n")

    async def do_tool(self, title: str) -> None:
        """Use a tool that asks nobody."""
        await self.update(start_tool_call("t1", title, kind="read", status="in_progress"))
        await self.update(update_tool_call("t1", status="completed"))

    async def do_ask(self, rest: str) -> None:
        """Ask for permission: KIND TITLE; tells what was answered."""
        kind, _, title = rest.partition(" ")
        self.calls += 1
        call = ToolCallUpdate(
            tool_call_id=f"c{self.calls}",
            kind=None if kind == "-" else kind,  # type: ignore[arg-type]
            title=None if title == "-" else title,
            raw_input={"command": title} if kind == "execute" else None,
            locations=[ToolCallLocation(path=title)] if kind in ("read", "edit") else None,
        )
        options = [PermissionOption(option_id=one, name=one, kind=kind) for one, kind in SCRIPT["options"]]
        answer = await self.agent.client.request_permission(self.session, call, options)
        outcome = answer.outcome
        said = outcome.outcome if outcome.outcome == "cancelled" else outcome.option_id
        note(f"answered {said}")
        await self.do_say(f"[{said}]")

    async def do_read(self, path: str) -> None:
        """Read a file through the client."""
        await self.tried(self.agent.client.read_text_file(self.session, path.replace("NUL", "\x00")))

    async def do_write(self, rest: str) -> None:
        """Write a file through the client: PATH TEXT."""
        path, _, text = rest.partition(" ")
        await self.tried(self.agent.client.write_text_file(self.session, path.replace("NUL", "\x00"), text))

    async def do_run(self, command: str) -> None:
        """Run a program in a terminal of the client's, and tell what it wrote."""
        client = self.agent.client
        try:
            made = await client.create_terminal(self.session, command)
        except RequestError as error:
            await self.say(f"<refused: {error.data}>")
            return
        ended = await client.wait_for_terminal_exit(self.session, made.terminal_id)
        output = await client.terminal_output(self.session, made.terminal_id)
        await client.release_terminal(self.session, made.terminal_id)
        await self.say(f"<{output.output.strip()} {ended.exit_code}>")

    async def tried(self, request: Any) -> None:
        try:
            answer = await request
        except RequestError as error:
            await self.say(f"<refused: {error.data}>")
        else:
            await self.say(f"<{getattr(answer, 'content', 'done')}>")

    async def do_recall(self, _: str) -> None:
        """Tell what this session was told before."""
        await self.say(json.dumps(json.loads((SESSIONS / self.session).read_text())[:-1]))

    async def do_blocks(self, _: str) -> None:
        """Tell the types of the blocks of this prompt."""
        await self.say(" ".join(block.type for block in self.blocks))

    async def do_settings(self, _: str) -> None:
        """Tell mode and options."""
        await self.say(f"{self.agent.mode} {self.agent.model} {self.agent.fast}")

    async def do_environ(self, _: str) -> None:
        """Tell the names in its environment."""
        await self.say(" ".join(sorted(os.environ)))

    async def do_pid(self, _: str) -> None:
        """Tell its process."""
        await self.say(str(os.getpid()))

    async def do_picture(self, data: str) -> None:
        """Say a picture."""
        block = ImageContentBlock(type="image", data=data, mime_type="image/png", uri="file:///tmp/cat.png")
        await self.update(
            AgentMessageChunk(session_update="agent_message_chunk", content=block, message_id="m1")
        )

    async def do_exit(self, code: str) -> None:
        """End, with last words; a negative code is a signal."""
        sys.stderr.write("the disk is on fire\n")
        sys.stderr.flush()
        if int(code) < 0:
            os.kill(os.getpid(), -int(code))
            await asyncio.Event().wait()
        os._exit(int(code))

    async def do_exit_in_line(self, _: str) -> None:
        """End in the middle of a message."""
        raw(chunk(self.session, "half of it")[:40])
        os._exit(3)

    async def do_exit_after(self, _: str) -> None:
        """End once this turn is over."""
        asyncio.get_running_loop().call_later(0.05, os._exit, 9)

    async def do_exit_at(self, where: str) -> None:
        """End at another step later."""
        SCRIPT["exit_at"] = where

    async def do_hang(self, _: str) -> None:
        """Say nothing until cancelled."""
        note("hangs")
        await self.agent.cancelled.wait()

    async def do_deaf(self, _: str) -> None:
        """Say nothing, and hear of no cancel."""
        self.agent.deaf = True
        note("hangs")
        await asyncio.Event().wait()

    async def do_flood(self, count: str) -> None:
        """Many chunks."""
        for _ in range(int(count)):
            raw(chunk(self.session, "x"))

    async def do_flood_deaf(self, _: str) -> None:
        """Chunks without end, and nothing is heard."""
        while True:
            raw(chunk(self.session, "x" * 100) * 100)

    async def do_flood_after(self, count: str) -> None:
        """Many chunks when the turn is over."""
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, lambda: (raw(chunk(self.session, "late ") * int(count)), note("flooded")))

    async def do_ask_often(self, count: str) -> None:
        """Many requests at once; tells how many were refused."""
        asked = [self.agent.client.wait_for_terminal_exit(self.session, self.hung) for _ in range(int(count))]
        tasks = [asyncio.ensure_future(one) for one in asked]
        done, waiting = await asyncio.wait(tasks, timeout=1)
        await self.say(f"{len(done)} refused, {len(waiting)} wait")

    async def do_terminal(self, command: str) -> None:
        """Open a terminal and leave it."""
        self.hung = (await self.agent.client.create_terminal(self.session, command)).terminal_id

    async def do_endless(self, _: str) -> None:
        """One line that never ends."""
        while True:
            raw("x" * 65536)
            await asyncio.sleep(0)

    async def do_garbage(self, count: str) -> None:
        """Lines that are no messages."""
        raw("this is no message\n" * int(count))

    async def do_long(self, count: str) -> None:
        """One long message."""
        await self.say("x" * int(count))

    async def do_complain(self, count: str) -> None:
        """Write that many lines to stderr."""
        for _ in range(int(count)):
            sys.stderr.write("complaint " * 50 + "\n")
        sys.stderr.flush()

    async def do_fork(self, how: str) -> None:
        """Leave a child that stays; with ``escape`` in a process group of its own. Tells its process."""
        code = (
            "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); print(1, flush=True); time.sleep(600)"
        )
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code), stdout=subprocess.PIPE, start_new_session=how == "escape"
        )
        assert child.stdout
        await child.stdout.readline()
        await self.say(str(child.pid))

    async def do_fail(self, text: str) -> None:
        """Answer with an error."""
        raise RequestError(-32603, "Internal error", {"details": text})

    async def do_fail_as_data(self, title: str) -> None:
        """End the turn in good order, with a failure beside it."""
        failure = {"id": "1", "category": "service", "severity": "error", "title": title}
        self.meta = {"jetbrains": {"air": {"sessionFailure": failure}}}

    async def do_stop(self, reason: str) -> None:
        """End the turn for another reason."""
        self.stop = reason


async def main() -> None:
    """Serve until the input ends."""
    if SCRIPT["deaf_to_term"]:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if SCRIPT["banner"]:
        raw(SCRIPT["banner"] + "\n")
    await step("start")
    await run_agent(Agent(), use_unstable_protocol=True)  # type: ignore[arg-type]


asyncio.run(main())
