"""What may follow ``/acp``: every action with its words and its authority. Data; a test compares the manual's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BIND, THREAD, MODE, CWD, LABEL, SESSION = "--bind", "--thread", "--mode", "--cwd", "--label", "--session"

OPTIONS: Mapping[str, tuple[str, ...]] = {
    MODE: ("persistent", "oneshot"),
    THREAD: ("auto", "here", "off"),
    BIND: ("here", "off"),
    CWD: (),
    LABEL: (),
}
"""The options of ``spawn`` with the values that each takes; none listed takes any."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done: ``owner`` says what of it is the owner's alone, "" nothing.

    One that is ``quick`` waits for no other command of its conversation.
    """

    word: str
    summary: str
    arguments: str = ""
    most: int = 1
    owner: str = ""
    quick: bool = False

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"/acp {self.word} {self.arguments}".strip()


ACTIONS: Mapping[str, Action] = {
    one.word: one
    for one in (
        Action(
            "spawn",
            "begin a session of an outside agent; with --bind here it answers in this conversation",
            "[agent] [--bind here|off] [--thread auto|here|off] [--mode persistent|oneshot] [--label name] "
            "[--cwd path]",
            owner="--cwd",
        ),
        Action("status", "how a session is doing", "[session]", quick=True),
        Action(
            "cancel",
            "stop the answer that is being written; nothing else is dropped",
            "[session]",
            quick=True,
        ),
        Action("steer", "stop it, and tell the agent something at once", "[--session session] text"),
        Action("close", "end a session, and let its conversations go their ordinary way", "[session]"),
        Action("model", "which model the agent asks", "id [session]", 2),
        Action(
            "timeout", "how many seconds an answer may take", "seconds [session]", 2, owner="more than 3600"
        ),
        Action("set-mode", "a mode of the agent's own", "mode [session]", 2, owner="all of it"),
        Action(
            "set",
            "an option of the agent's own",
            "key value [session]",
            3,
            owner="all but model, thinking and a timeout up to 3600",
        ),
        Action("cwd", "the folder that it works in", "path [session]", 2, owner="all of it"),
        Action("permissions", "what it may do unasked", "profile [session]", 2, owner="all of it"),
        Action(
            "reset-options",
            "take back what was set for a session",
            "[session]",
            owner="folder, mode, permissions and the agent's own options",
        ),
        Action("sessions", "the sessions that you may name", most=0, quick=True),
        Action("doctor", "whether outside agents can answer", most=0, quick=True),
        Action("install", "how to get an agent's program", "[agent]", quick=True),
        Action("help", "this list", most=0, quick=True),
    )
}
"""Every action by its word."""


def help_text() -> str:
    """The actions, each with what it does."""
    return "\n".join(f"{one.usage}: {one.summary}" for one in ACTIONS.values())
