"""What an agent is granted in a turn, by rules and by people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from acp.schema import (
    PermissionOption,
    RequestPermissionResponse,
    ToolCallLocation,
    ToolCallProgress,
    ToolCallStart,
    ToolCallUpdate,
)
from tests.agents.acp.outside import BOUND, KEY, NAME, ORIGIN, Person, powers

from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.grants import MOST_CALLS, MOST_QUESTIONS, Grants
from openclaw.domain.acp import Decision, PermissionMode, ToolKind

OPTIONS = {"yes": "allow_once", "ever": "allow_always", "no": "reject_once", "never": "reject_always"}


def _options(*names: str) -> list[PermissionOption]:
    return [PermissionOption(option_id=one, name=one, kind=OPTIONS[one]) for one in names or OPTIONS]  # type: ignore[arg-type]


def _call(
    kind: str | None, title: str = "it", paths: tuple[str, ...] = (), name: str = "c", **raw: Any
) -> ToolCallUpdate:
    return ToolCallUpdate(
        tool_call_id=name,
        kind=kind,  # type: ignore[arg-type]
        title=title or None,
        locations=[ToolCallLocation(path=path) for path in paths] or None,
        raw_input=raw or None,
    )


def _said(answer: RequestPermissionResponse) -> str:
    outcome = answer.outcome
    return outcome.option_id if outcome.outcome == "selected" else outcome.outcome


def _grants(folder: Path, **how: Any) -> Grants:
    grants = Grants(KEY, NAME, Fence(folder))
    grants.begin(powers(**how), ORIGIN)
    return grants


@pytest.mark.parametrize(
    ("decision", "names", "chosen"),
    [
        (Decision.ONCE, (), "yes"),
        (Decision.ALWAYS, (), "ever"),
        (Decision.DENY, (), "no"),
        (Decision.ALWAYS, ("yes", "no"), "yes"),
        (Decision.ONCE, ("ever", "no"), "ever"),
        (Decision.DENY, ("yes", "never"), "never"),
        (Decision.DENY, ("yes",), "cancelled"),
        (Decision.ONCE, ("no",), "cancelled"),
        (None, (), "cancelled"),
    ],
)
async def test_a_decision_is_answered_with_an_option_of_the_agent_s(
    tmp_path: Path, decision: Decision | None, names: tuple[str, ...], chosen: str
) -> None:
    """The narrowest that says it, and ``cancelled`` where none does."""
    grants = _grants(tmp_path, person=Person([decision]))
    assert _said(await grants.request(_call("execute"), _options(*names))) == chosen


async def test_nothing_is_granted_outside_of_a_turn(tmp_path: Path) -> None:
    """Neither before the first, nor after one in which everything was."""
    grants = Grants(KEY, NAME, Fence(tmp_path))
    assert _said(await grants.request(_call("read", paths=("a",)), _options())) == "cancelled"
    grants.begin(powers(PermissionMode.APPROVE_ALL), ORIGIN)
    assert _said(await grants.request(_call("edit"), _options())) == "yes"
    assert _said(await grants.request(_call("execute", command="ls"), _options())) == "yes"
    grants.end()
    assert _said(await grants.request(_call("edit"), _options())) == "cancelled"
    assert not await grants.write(str(tmp_path / "a"))
    assert not await grants.run("ls")


async def test_the_end_of_a_turn_answers_what_is_still_asked(tmp_path: Path) -> None:
    """``cancelled``, as the protocol wants it, and whoever was asked is told."""
    person = Person()
    grants = _grants(tmp_path, person=person)
    asking = asyncio.ensure_future(grants.request(_call("execute"), _options()))
    async with asyncio.timeout(BOUND):
        await person.asked.wait()
        grants.end()
        assert _said(await asking) == "cancelled"
    assert person.stopped == 1


async def test_a_request_that_is_given_up_stops_the_question(tmp_path: Path) -> None:
    """A connection that ends takes its questions with it."""
    person = Person()
    grants = _grants(tmp_path, person=person)
    asking = asyncio.ensure_future(grants.request(_call("execute"), _options()))
    async with asyncio.timeout(BOUND):
        await person.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        while not person.stopped:  # noqa: ASYNC110 (it takes a turn of the loop, not time)
            await asyncio.sleep(0)


async def test_always_is_remembered_over_turns_and_for_the_same_only(tmp_path: Path) -> None:
    """The person is not asked again about it, and is about anything else."""
    person = Person([Decision.ALWAYS, Decision.DENY])
    grants = _grants(tmp_path, person=person)
    assert _said(await grants.request(_call("execute", command="ls"), _options())) == "ever"
    grants.end()
    grants.begin(powers(person=person), ORIGIN)
    assert _said(await grants.request(_call("execute", command="ls"), _options())) == "ever"
    assert _said(await grants.request(_call("execute", command="ls /"), _options())) == "no"
    assert len(person.questions) == 2


async def test_once_is_asked_again(tmp_path: Path) -> None:
    """Once is once."""
    person = Person([Decision.ONCE, Decision.DENY])
    grants = _grants(tmp_path, person=person)
    assert _said(await grants.request(_call("execute", command="ls"), _options())) == "yes"
    assert _said(await grants.request(_call("execute", command="ls"), _options())) == "no"


@pytest.mark.parametrize(
    ("unanswered", "said", "refused"), [("deny", "no", False), ("fail", "cancelled", True)]
)
async def test_where_nobody_is_asked_it_is_denied_or_ends_the_turn(
    tmp_path: Path, unanswered: str, said: str, refused: bool
) -> None:
    """nonInteractivePermissions (facts H.10); what the mode allows is allowed all the same."""
    person = Person([Decision.ONCE])
    grants = _grants(tmp_path, unanswered=unanswered, person=person)
    assert _said(await grants.request(_call("read", paths=("a",)), _options())) == "yes"
    assert _said(await grants.request(_call("execute"), _options())) == said
    assert grants.refused.is_set() is refused
    assert person.questions == []
    grants.begin(powers(), ORIGIN)
    assert not grants.refused.is_set()


async def test_a_turn_without_a_conversation_asks_nobody(tmp_path: Path) -> None:
    """There is no chat to ask in."""
    grants = Grants(KEY, NAME, Fence(tmp_path))
    person = Person([Decision.ONCE])
    grants.begin(powers(person=person), None)
    assert _said(await grants.request(_call("execute"), _options())) == "no"
    assert person.questions == []


async def test_what_was_granted_is_not_asked_again_when_it_is_done(tmp_path: Path) -> None:
    """An agent asks, and then has us do it: a person is asked once; each run uses its grant up."""
    person = Person([Decision.ONCE, Decision.ONCE, Decision.DENY, Decision.DENY])
    grants = _grants(tmp_path, person=person)
    await grants.request(_call("edit", paths=("a.txt",)), _options())
    assert await grants.write(str(tmp_path / "a.txt"))
    assert await grants.write(str(tmp_path / "a.txt"))
    await grants.request(_call("execute", command="touch 'a b'"), _options())
    assert await grants.run("""/bin/bash -lc 'touch "a b"'""")
    assert len(person.questions) == 2
    assert not await grants.run("touch 'a b'")
    assert not await grants.write(str(tmp_path / "b.txt"))
    assert len(person.questions) == 4


async def test_a_grant_for_one_thing_is_none_for_another(tmp_path: Path) -> None:
    """A command that was not shown, a second file where none was named."""
    person = Person([Decision.ONCE, Decision.DENY, Decision.ONCE, Decision.DENY])
    grants = _grants(tmp_path, person=person)
    await grants.request(_call("execute", command="ls"), _options())
    assert not await grants.run("ls; rm -rf /tools")
    await grants.request(_call("edit", title="Edit"), _options())
    assert await grants.write(str(tmp_path / "a"))
    assert not await grants.write(str(tmp_path / "b"))
    assert person.questions[1].target == "ls; rm -rf /tools"


async def test_what_was_told_of_a_call_before_counts(tmp_path: Path) -> None:
    """Codex says kind, title and command in an update, and leaves them out of the request (codex-acp 2.6)."""
    person = Person([Decision.DENY])
    grants = _grants(tmp_path, person=person)
    start = ToolCallStart(session_update="tool_call", tool_call_id="c", title="Run it", kind="execute")
    grants.noted(start)
    grants.noted(
        ToolCallProgress(
            session_update="tool_call_update", tool_call_id="c", raw_input={"command": ["rm", "x"]}
        )
    )
    await grants.request(_call(None, title=""), _options())
    asked = person.questions[0]
    assert (asked.kind, asked.title, asked.target) == (ToolKind.EXECUTE, "Run it", "rm x")


async def test_a_call_cannot_be_made_harmless_by_what_was_told_of_another(tmp_path: Path) -> None:
    """Calls are told apart by their ids, and only so many are kept."""
    grants = _grants(tmp_path, unanswered="deny")
    for number in range(MOST_CALLS + 1):
        grants.noted(
            ToolCallStart(
                session_update="tool_call",
                tool_call_id=f"c{number}",
                title="t",
                kind="read",
                locations=[ToolCallLocation(path="a")],
            )
        )
    assert _said(await grants.request(_call(None, name="c0"), _options())) == "no"
    assert _said(await grants.request(_call(None, name=f"c{MOST_CALLS}"), _options())) == "yes"
    assert _said(await grants.request(_call("execute", name=f"c{MOST_CALLS}"), _options())) == "no"


async def test_a_person_is_asked_so_many_questions_at_a_time(tmp_path: Path) -> None:
    """More are denied: nobody is flooded."""
    person = Person()
    grants = _grants(tmp_path, person=person)
    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        asking = [
            group.create_task(grants.request(_call("execute", str(number)), _options()))
            for number in range(20)
        ]
        await asyncio.wait(asking[MOST_QUESTIONS:])
        await person.asked.wait()
        grants.end()
    assert sorted({_said(one.result()) for one in asking}) == ["cancelled", "no"]
    assert len(person.questions) == MOST_QUESTIONS
