"""One thing after the other in a session; sessions beside each other."""

from __future__ import annotations

import asyncio

from tests.waiting import until

from openclaw.domain.ids import SessionKey
from openclaw.turns.lanes import Lanes

A, B = SessionKey("a"), SessionKey("b")


class Work:
    """Counts down what is to do in each session and tells who works at a time."""

    def __init__(self, **todo: int) -> None:
        self.todo = todo
        self.order: list[str] = []
        self.busy: set[str] = set()
        self.most_at_once = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.begun = asyncio.Event()

    async def step(self, key: SessionKey) -> float | None:
        """Do one thing, or say that nothing is left."""
        if not self.todo.get(key):
            return None
        assert key not in self.busy, "two steps of one session at a time"
        self.busy.add(key)
        self.most_at_once = max(self.most_at_once, len(self.busy))
        self.begun.set()
        await self.go_on.wait()
        await asyncio.sleep(0)
        self.todo[key] -= 1
        self.order.append(key)
        self.busy.discard(key)
        return 0.0


def at_once(_key: SessionKey) -> float:
    """A lane that waits for nothing more."""
    return 0.0


async def test_a_woken_lane_works_until_nothing_is_left() -> None:
    """Design section 7: one ordered lane per session key."""
    work = Work(a=3)
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, work.step, at_once=4, debounce_s=at_once)
        lanes.wake(A)
    assert work.order == ["a", "a", "a"]
    assert not lanes.is_open(A)


async def test_waking_a_lane_that_works_opens_no_second_one() -> None:
    """A session never runs two turns at a time."""
    work = Work(a=2)
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, work.step, at_once=4, debounce_s=at_once)
        lanes.wake(A)
        await work.begun.wait()
        lanes.wake(A)
        lanes.wake(A)
    assert work.order == ["a", "a"]


async def test_a_wake_during_the_last_step_is_not_lost() -> None:
    """What arrives while a turn runs is taken up when it ends."""
    work = Work(a=1)
    work.go_on.clear()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, work.step, at_once=4, debounce_s=at_once)
        lanes.wake(A)
        await work.begun.wait()
        work.todo["a"] += 1
        lanes.wake(A)
        work.go_on.set()
    assert work.order == ["a", "a"]


async def test_lanes_run_beside_each_other_up_to_the_limit() -> None:
    """agents.defaults.maxConcurrent bounds how many turns run at a time."""
    work = Work(a=1, b=1, c=1)
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, work.step, at_once=2, debounce_s=at_once)
        for key in (A, B, SessionKey("c")):
            lanes.wake(key)
    assert sorted(work.order) == ["a", "b", "c"]
    assert work.most_at_once == 2


async def test_a_broken_lane_is_tried_again_by_itself() -> None:
    """Promise 3: what waits in it must not depend on somebody writing again (a full disk passes)."""
    work, broken = Work(a=1), [True, True]

    async def step(key: SessionKey) -> float | None:
        if broken.pop() if broken else False:
            raise ZeroDivisionError
        return await work.step(key)

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, step, at_once=1, debounce_s=at_once, first_rest_s=0)
        lanes.wake(A)
    assert work.order == ["a"]
    assert not lanes.is_open(A)


async def test_a_lane_that_is_woken_while_the_gateway_stops_stays_shut() -> None:
    """What waits is on disk, and the next start opens its lane; no error is logged for that."""
    work = Work(a=1)
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, work.step, at_once=4, debounce_s=at_once)
    lanes.wake(A)
    assert not lanes.is_open(A)
    assert work.order == []


async def test_a_lane_comes_back_by_itself_when_what_waits_is_ready() -> None:
    """What waits for its sender's silence is taken up then; nobody has to write again, and no task sits there."""
    answers: list[float | None] = [0.01, None]
    came_back = asyncio.Event()

    async def step(_key: SessionKey) -> float | None:
        if len(answers) == 1:
            came_back.set()
        return answers.pop(0)

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, step, at_once=1, debounce_s=at_once)
        lanes.wake(A)
        await asyncio.wait_for(came_back.wait(), 20)
        assert answers == []


async def test_a_lane_that_is_woken_before_needs_no_alarm() -> None:
    """Of two reasons to look, one is enough: the alarm of before does not open the lane a second time."""
    answers: list[float | None] = [3600.0, None]

    async def step(_key: SessionKey) -> float | None:
        return answers.pop(0)

    async def shut() -> bool:
        return not lanes.is_open(A)

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, step, at_once=1, debounce_s=at_once)
        lanes.wake(A)
        await until(shut, "the lane is shut")
        lanes.wake(A)
    assert answers == []
    assert not lanes.is_open(A)


async def test_what_waits_for_a_person_holds_up_nobody_else() -> None:
    """Turns of outside agents take no place of the others: they may last for hours."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def step(key: SessionKey) -> float | None:
        if key == A:
            begun.set()
            await go_on.wait()
        else:
            go_on.set()
        return None

    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group, step, at_once=1, debounce_s=at_once, unbounded=lambda key: key == A)
        lanes.wake(A)
        await begun.wait()
        lanes.wake(B)
