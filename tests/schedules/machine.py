"""Phone, gateway and trouble as a state machine of hypothesis: a rule for each kind of step and for what goes together.

The house, the steps and the promises are those of the schedules. What holds at every moment is asked after each rule,
the rest at the end. A failure is told as a schedule, for ``scripts/schedules --play``.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.schedules.bubbles import left_once
from tests.schedules.diagrams import step_breaches
from tests.schedules.disk import Disk
from tests.schedules.draw import FATES, LACKS, SOON, WAITS
from tests.schedules.play import Broken, Course, begun, shortened
from tests.schedules.promises import kept_before_counted
from tests.schedules.steps import (
    ANSWERS,
    WORDS,
    Again,
    Decide,
    DiskFull,
    GoOn,
    History,
    Kill,
    NextAnswer,
    NextSend,
    OwnerTypes,
    Pause,
    Resume,
    Say,
    Sleep,
    Start,
    Stop,
    Wait,
    Watch,
)

_PEOPLE = st.integers(0, 5)
_WHICH = st.integers(0, 3)
_WAITS = st.sampled_from(WAITS)
_WHOLE = st.sampled_from(SOON)
_LACKS = st.sampled_from(LACKS)
_FATES = st.sampled_from(FATES) | st.builds(
    NextSend,
    st.sampled_from(("guid", "ok", "unknown", "hangs")),
    st.sampled_from((0.0, 3.0)),
    st.sampled_from((0.0, 0.5)),
    st.sampled_from((*LACKS, "flip")),
    _WHOLE,
)
# No exchange has more moments of the ledger.
_MOMENTS = st.integers(1, 20)


def _is_up(machine: Machine) -> bool:
    return machine.course.house.is_up


def _is_down(machine: Machine) -> bool:
    return not machine.course.house.is_up


class Machine(RuleBasedStateMachine):
    """One schedule, which grows. ``talks`` are the people who have begun to talk, ``pauses`` what was paused."""

    talks: Bundle[int] = Bundle("talks")
    pauses: Bundle[int] = Bundle("pauses")

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._open = ExitStack()
        self.course: Course = self._open.enter_context(begun(disk))

    def teardown(self) -> None:
        """The end of a schedule, if it comes to that: whoever broke a promise before is told of that one."""
        with self._open:
            if sys.exception() is None:
                self.course.finish()

    @invariant()
    def the_cursor_never_passes_a_row_that_was_not_kept(self) -> None:
        """Rows are on disk before the cursor counts them as read."""
        self.course.check(kept_before_counted)

    @invariant()
    def what_left_left_once_for_each_bubble(self) -> None:
        """And for each ``resend`` of the operator."""
        self.course.check(left_once)

    @invariant()
    def every_change_is_in_the_diagrams(self) -> None:
        """Each state of a message, a turn or a bubble has its checkpoint, and followed from the one before."""
        self.course.check(step_breaches)

    @invariant()
    def nothing_went_wrong_on_the_way(self) -> None:
        """Bubbles left in their order and to their chats, and the gateway logged no error."""
        self.course.check()

    @rule(target=talks, who=_PEOPLE, seconds=_WAITS)
    def begins_to_talk(self, who: int, seconds: float) -> int:
        """Somebody says something, and is given time for an answer."""
        self.course.do(Say(who), Wait(seconds))
        return who

    @rule(who=talks, what=st.sampled_from(WORDS), seconds=_WAITS)
    def goes_on_talking(self, who: int, what: str, seconds: float) -> None:
        """Somebody who has talked before goes on: something new, what the bot said, a command."""
        self.course.do(Say(who, what), Wait(seconds))

    @rule(who=talks, how=st.sampled_from(ANSWERS), fate=_FATES, seconds=_WAITS)
    def is_answered_so(self, who: int, how: str, fate: NextSend, seconds: float) -> None:
        """Somebody who has talked before goes on, and the agent and the phone do something special then."""
        self.course.do(NextAnswer(how), fate, Say(who), Wait(seconds))

    @rule(who=_PEOPLE, fate=_FATES, seconds=_WAITS)
    def is_sent_so(self, who: int, fate: NextSend, seconds: float) -> None:
        """Somebody says something, and the answer has a fate."""
        self.course.do(fate, Say(who), Wait(seconds))

    @precondition(_is_up)
    @rule(who=_PEOPLE, at=_MOMENTS, returns=st.booleans())
    def is_killed_while_it_answers(self, who: int, at: int, *, returns: bool) -> None:
        """Somebody says something, and the gateway dies on the way to the answer."""
        self.course.do(Kill(at), Say(who), Wait(7.0))
        if returns:
            self.course.do(Start())

    @rule(who=_PEOPLE, what=st.sampled_from(WORDS), hours=st.sampled_from((0, 0, 1, 30, 90)))
    def says(self, who: int, what: str, hours: int) -> None:
        """Somebody writes, perhaps hours ago, and no time passes."""
        self.course.do(Say(who, what, hours=hours))

    @rule(who=_PEOPLE, what=st.sampled_from(("new", "ok", "echo")), flaw=_LACKS, whole=_WHOLE | st.just(-1.0))
    def says_in_pieces(self, who: int, what: str, flaw: str, whole: float) -> None:
        """Somebody writes, and the row is not whole at first, or ever."""
        # In the chat with oneself there is no telling without direction, and the rows are two.
        self.course.do(Say(min(who, 3), what, flaw, whole))

    @rule(chat=st.integers(0, 2), flaw=st.just("") | _LACKS, whole=_WHOLE)
    def owner_types(self, chat: int, flaw: str, whole: float) -> None:
        """The owner writes on another device."""
        self.course.do(OwnerTypes(chat, flaw, whole))

    @rule(fate=_FATES)
    def next_send(self, fate: NextSend) -> None:
        """A send will have this fate."""
        self.course.do(fate)

    @rule(how=st.sampled_from(ANSWERS))
    def next_answer(self, how: str) -> None:
        """The agent will do this."""
        self.course.do(NextAnswer(how))

    @precondition(lambda machine: machine.course.house.stalls)
    @rule()
    def goes_on(self) -> None:
        """The agents that stall go on."""
        self.course.do(GoOn())

    @rule(seconds=_WAITS)
    def waits(self, seconds: float) -> None:
        """Time passes."""
        self.course.do(Wait(seconds))

    @rule(hours=st.sampled_from((1, 30)))
    def sleeps(self, hours: int) -> None:
        """The computer sleeps."""
        self.course.do(Sleep(hours))

    @precondition(_is_up)
    @rule(returns=st.booleans())
    def is_stopped(self, *, returns: bool) -> None:
        """The gateway is stopped, perhaps to be started again."""
        self.course.do(Stop(), *[Start()] * returns)

    @precondition(_is_up)
    @rule(returns=st.booleans())
    def is_killed(self, *, returns: bool) -> None:
        """The gateway dies, perhaps to be started again."""
        self.course.do(Kill(), *[Start()] * returns)

    @precondition(_is_down)
    @rule()
    def is_started(self) -> None:
        """The gateway is started."""
        self.course.do(Start())

    @rule(manner=st.sampled_from(("rows", "batch", "doubled", "backwards", "deaf")))
    def is_watched_so(self, manner: str) -> None:
        """The watch reports in another way."""
        self.course.do(Watch(manner))

    @rule(rows=st.integers(1, 5))
    def is_told_again(self, rows: int) -> None:
        """The watch reports the newest rows once more."""
        self.course.do(Again(rows))

    @rule(full=st.booleans())
    def disk_is_full(self, *, full: bool) -> None:
        """The disk is full, or has room."""
        self.course.do(DiskFull(full))

    @rule(readable=st.booleans())
    def history_can_be_read(self, *, readable: bool) -> None:
        """The history can be read, or not."""
        self.course.do(History(readable))

    @precondition(_is_up)
    @rule(target=pauses, chat=st.integers(-1, 3))
    def is_paused(self, chat: int) -> int:
        """The operator pauses a chat, or everything."""
        self.course.do(Pause(chat))
        return chat

    @precondition(_is_up)
    @rule(pause=consumes(pauses))
    def is_resumed(self, pause: int) -> None:
        """The operator has everything go on."""
        del pause
        self.course.do(Resume())

    @precondition(lambda machine: bool(machine.course.house.decidable()))
    @rule(
        what=st.runner().flatmap(lambda machine: st.sampled_from(machine.course.house.decidable())),
        which=_WHICH,
    )
    def is_decided(self, what: str, which: int) -> None:
        """The operator decides about something that waits for it."""
        self.course.do(Decide(what, which))


def run(
    disk: Disk, count: int, seed: int | None = None, steps: int = 40, kind: type[Machine] = Machine
) -> None:
    """Have hypothesis play ``count`` schedules of ``steps`` rules each; without ``seed`` the same ones each time.

    Raises Broken with the fewest steps that leaving out finds, caused by that of the rules as hypothesis tells them.
    """

    def machine() -> Machine:
        return kind(disk)

    factory = machine if seed is None else hypothesis.seed(seed)(machine)
    settings = hypothesis.settings(
        max_examples=count,
        stateful_step_count=steps,
        derandomize=seed is None,
        deadline=None,
        database=None,
        # Leaving out steps takes seconds, and its shrinking minutes.
        phases=[Phase.generate],
        print_blob=False,
        report_multiple_bugs=False,
        # A schedule takes its time, and one that waits for something filters others out.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    try:
        run_state_machine_as_test(factory, settings=settings)
    except Broken as broken:
        raise shortened(disk, broken) from broken
