"""Incidents that cannot occur because nothing here could do what they need: asked of the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

from openclaw.domain.delivery import Cause
from openclaw.domain.turns import EffectStarting, FileOffered, Finished, Prompt, TextDelta, TurnEvent

SOURCE = Path(__file__).parents[2] / "src" / "openclaw"

_SHELLS = {"create_subprocess_shell", "system", "popen", "getoutput", "getstatusoutput"}
_DATABASES = {"sqlite3", "aiosqlite", "sqlalchemy"}
# Where a bubble may be queued, each with what it is the consequence of.
_QUEUE = {
    "control/sending.py": Cause.OPERATOR,
    "gateway.py": Cause.COMMAND,
    "inbound/judge.py": Cause.CHALLENGE,
    "inbound/requests.py": Cause.NOTICE,
    "outbound/notices.py": Cause.NOTICE,
    "turns/claim.py": Cause.COMMAND,
    "turns/commands/carry_out.py": Cause.COMMAND,
    "turns/compaction.py": Cause.COMMAND,
    "turns/heed.py": Cause.COMMAND,
    "turns/runner.py": Cause.TURN,
}


def modules(*under: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module below ``under``, by its path in the package; the simulated Mac is another program."""
    for path in sorted(SOURCE.joinpath(*under).rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("simulator/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_nothing_is_ever_handed_to_a_shell_or_to_applescript() -> None:
    """zeroclaw#29: a recipient broke out of a script's quotes and ran commands; here words are arguments or JSON."""
    found: list[str] = []
    for name, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in _SHELLS:
                found.append(f"{name}:{node.lineno}")
            if isinstance(node, ast.keyword) and node.arg == "shell":
                found.append(f"{name}:{node.value.lineno}")
            if isinstance(node, ast.Constant) and "osascript" in str(node.value):
                found.append(f"{name}:{node.lineno}")
    assert found == []


def test_the_phones_database_is_opened_by_imsg_alone() -> None:
    """imsg#83: macOS refused the locks of programs that read chat.db themselves; the phone edge speaks to imsg only."""
    found: list[str] = []
    for name, module in modules("imessage"):
        for node in ast.walk(module):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [name for each in names if each.split(".")[0] in _DATABASES]
    assert found == []


def test_a_bubble_has_one_of_five_causes_and_each_is_queued_in_its_place() -> None:
    """cc#40221, cpo#1010: questions about tools went to everybody on a list; no code here asks a phone anything."""
    found = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and called(node) in ("queue", "queue_on")
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "deliveries"
    }
    assert found == set(_QUEUE)
    assert set(_QUEUE.values()) == set(Cause)


def test_an_agent_gets_words_and_gives_words() -> None:
    """oc#107770: an agent reacted to a message of another conversation; what it offers goes to its own chat alone."""
    assert [field.name for field in fields(Prompt)] == [
        "instructions",
        "history",
        "text",
        "model",
        "thinking",
        "about",
        "pictures",
        "copies",
        "by_commanders",
        "tools",
        "origin",
    ]
    assert set(get_args(TurnEvent)) == {TextDelta, EffectStarting, FileOffered, Finished}
    assert [field.name for field in fields(TextDelta)] == ["text"]
