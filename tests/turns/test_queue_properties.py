"""Whatever comes in whatever order, under every mode, cap and policy: generated courses over a real ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, StaticPool, create_engine
from tests.making import ACCOUNT, ANN, BOB, NOON, direct_chat, group_chat, inbound

from openclaw.domain.admission import Admitted, Reason
from openclaw.domain.ids import AgentId, MessageId, SessionKey, TurnId
from openclaw.domain.messages import Attachment, InboundMessage, MessageState
from openclaw.domain.sessions import Peer, PeerKind, Route
from openclaw.domain.turns import Finished, QueueDrop, QueueMode, Turn, TurnState
from openclaw.outbound.compose import bubble
from openclaw.store import Tx, messages, schema, turns
from openclaw.turns.arrivals import Arrivals
from openclaw.turns.claim import Claimed, Commanded, Nothing, Rules, claim
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.endings import recover
from openclaw.turns.queueing import Queue

KEY = SessionKey("agent:main:main")
FULL = (Reason.QUEUE_FULL_OLD, Reason.QUEUE_FULL_NEW)
# A third failure is an end too, and one that can be seen.
ENDS = (MessageState.ANSWERED, MessageState.CANCELLED, MessageState.FAILED, MessageState.DROPPED)
FILE = Attachment("a.jpg", "/a.jpg", "image/jpeg", 1, missing=False)
WHERE = (
    (direct_chat(), ANN, True),
    (direct_chat(BOB, 2), BOB, False),
    (group_chat(), ANN, True),
    (group_chat(), BOB, False),
)


@dataclass
class Course:
    """A session with its lane, taken through one course of events; ``told`` is which turn had which messages."""

    tx: Tx
    arrivals: Arrivals
    now: datetime = NOON
    running: Turn | None = None
    row: int = 0
    commands: set[MessageId] = field(default_factory=set[MessageId])
    told: dict[TurnId, tuple[MessageId, ...]] = field(default_factory=dict[TurnId, tuple[MessageId, ...]])

    def arrive(self, who: int, kind: str) -> None:
        """Somebody writes; the message is let in as the judge does it."""
        chat, sender, authorised = WHERE[who]
        self.row += 1
        text = {"command": "/new", "beside": "/status"}.get(kind, f"{kind} {self.row}")
        row = inbound(self.row, text, chat=chat, sender=sender)
        if kind == "file":
            row = replace(row, attachments=(FILE,))
        held = messages.load(self.tx, messages.receive(self.tx, [row], self.now))[0]
        peer = Peer(PeerKind.GROUP if chat.has_group_shape else PeerKind.DIRECT, sender)
        command = command_of(text)
        verdict = Admitted(Reason.DM_ALLOWED, peer, authorised, command)
        messages.judge(
            self.tx, held, verdict, Route(ACCOUNT, AgentId("main"), KEY, peer, "default"), self.now
        )
        held = messages.load(self.tx, [held.id])[0]
        if command:
            self.commands.add(held.id)
        if self.arrivals.note(self.tx, held, self.now) and self.running and self.running.chat.key == chat.key:
            self.end(TurnState.CANCELLED)
        if held.state is MessageState.COMMANDED:
            messages.settle(self.tx, [held.id], MessageState.ANSWERED, self.now, held.command)
        elif turns.is_open(self.tx, KEY):
            self.keeps_within_its_bound()

    def keeps_within_its_bound(self) -> None:
        """Behind a turn never more messages count than the cap says."""
        waiting = messages.waiting(self.tx, KEY, 1000)
        short = str(Reason.QUEUE_CONDENSED)
        counted = [one for one in waiting if not one.command and one.reason != short]
        assert len(counted) <= self.arrivals.queue.cap

    def step(self) -> float | None:
        """The lane does its next thing, unless a turn runs already; in how many seconds there is more."""
        if self.running is not None:
            return 0.0
        match claim(self.tx, KEY, self.rules(), self.now):
            case Nothing(in_s):
                return in_s
            case Commanded():
                return 0.0
            case Claimed(turn):
                self.running = turn
                assert len({one.sender for one in turn.messages}) == 1 or turn.is_group
                self.told[turn.id] = tuple(one.id for one in turn.messages)
                return 0.0

    def end(self, state: TurnState) -> None:
        """The running turn ends: well, stopped, or in a failure after which it runs again."""
        if (turn := self.running) is None:
            return
        self.running = None
        ids = [one.id for one in turn.messages]
        if state is TurnState.QUEUED:
            turns.put_back(self.tx, turn.id, self.now, "it failed")
        elif state is TurnState.CANCELLED:
            turns.end(self.tx, turn.id, state, self.now)
            messages.settle(self.tx, ids, MessageState.CANCELLED, self.now, Reason.OVERTAKEN)
        else:
            turns.finish(self.tx, turn.id, Finished("m"), self.now)
            messages.settle(self.tx, ids, MessageState.ANSWERED, self.now)

    def restart(self) -> None:
        """The gateway dies and starts again."""
        self.running = None
        recover(self.tx, self.now)

    def drain(self) -> None:
        """Nobody writes any more, and everything is answered."""
        for _ in range(1000):
            in_s = self.step()
            self.end(TurnState.FINISHED)
            if in_s is None:
                return
            self.now += timedelta(seconds=in_s)
        raise AssertionError("the lane does not come to an end")

    def rules(self) -> Rules:
        """An agent that can run; sessions that go on for ever."""
        return Rules(
            can_run=lambda agent: True,
            stale=lambda session, kind: "",
            say=lambda account, chat, text: [bubble(account, chat, text)],
            queue=self.arrivals.queue,
        )


arrivals = st.builds(
    Arrivals,
    st.builds(Queue, st.sampled_from(QueueMode), st.just(0.0), st.integers(1, 4), st.sampled_from(QueueDrop)),
    st.sampled_from([timedelta(0), timedelta(seconds=2)]),
)
_KINDS = ("words",) * 8 + ("command", "beside", "file")
_WRITES = [("arrive", who, kind) for who in range(len(WHERE)) for kind in _KINDS]
_REST = (
    [("step",)] * 10 + [("finish",)] * 3 + [("fail",), ("restart",)] + [("wait", 0.5)] * 6 + [("wait", 3.0)]
)
events = st.sampled_from(_WRITES + _REST)


def play(course: Course, steps: list[tuple[object, ...]]) -> None:
    """One course of events, to its end."""
    for step in steps:
        match step:
            case ("arrive", int(who), str(kind)):
                course.arrive(who, kind)
            case ("wait", float(seconds)):
                course.now += timedelta(seconds=seconds)
            case ("finish",):
                course.end(TurnState.FINISHED)
            case ("fail",):
                course.end(TurnState.QUEUED)
            case ("restart",):
                course.restart()
            case _:
                course.step()
    course.drain()


@given(arrivals, st.lists(events, min_size=10, max_size=60))
@settings(max_examples=80)
def test_every_message_ends_once_and_keeps_its_place(
    rules: Arrivals, steps: list[tuple[object, ...]]
) -> None:
    """Promises 1 and 3: one turn or one visible refusal for each; never two chats or authorities; order kept."""
    for tx in _ledgers():
        course = Course(tx, rules)
        play(course, steps)
        everything = messages.latest(tx, 1000)
        by_id = {held.id: held for held in everything}
        in_turns = [each for ids in course.told.values() for each in ids]
        assert len(in_turns) == len(set(in_turns))
        for held in everything:
            refused = held.state is MessageState.DROPPED
            assert refused is (held.reason in FULL)
            assert not (refused and (held.id in in_turns or held.id in course.commands))
            assert held.state in ENDS, held
            assert refused or held.id in course.commands or held.id in in_turns
        seen: dict[str, list[MessageId]] = defaultdict(list)
        for ids in course.told.values():
            assert len({(_chat(by_id[each].message), by_id[each].authorised) for each in ids}) == 1
            seen[_chat(by_id[ids[0]].message)] += ids
        assert all(ids == sorted(ids) for ids in seen.values())


def _chat(message: InboundMessage) -> str:
    return message.chat.key if message.chat else ""


def _ledgers() -> Iterator[Tx]:
    engine: Engine = create_engine("sqlite://", poolclass=StaticPool)
    schema.metadata.create_all(engine)
    with engine.begin() as tx:
        yield tx
    engine.dispose()
