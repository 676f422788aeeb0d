"""The turn runner: one run of an agent from claim to the last word, with every step in the ledger before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from openclaw.domain.delivery import Cause, OutboundMessage
from openclaw.domain.ids import AccountId, AgentId, ChatKey, SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.sessions import TranscriptEntry
from openclaw.domain.tools import READ_FILE, UNSEEN_TOOLS
from openclaw.domain.turns import Finished, Turn, TurnEvent, TurnState
from openclaw.errors import AgentError, AgentFailed
from openclaw.store import Ledger, Tx, deliveries, messages, session_settings, sessions, turns
from openclaw.turns import compaction, prompt, reply
from openclaw.turns.agent import Agent
from openclaw.turns.claim import Claimed, Commanded, Nothing, Rules, Step, claim
from openclaw.turns.endings import MAX_ATTEMPTS, RETRY_AFTER_S, end, let_go, recover
from openclaw.turns.files import handed
from openclaw.turns.heed import heed
from openclaw.turns.live import Voice, listen
from openclaw.turns.ports import Presence, Unseen
from openclaw.turns.reply import Answer, Compose, Manner, Stopped
from openclaw.turns.waiting import STILL_WORKING, still_working

log = structlog.get_logger("openclaw.turns")


@dataclass(frozen=True, slots=True)
class _Settings:
    agents: Mapping[AgentId, Agent]
    rules: Rules
    compose: Compose


@dataclass(slots=True)
class _Run:
    task: asyncio.Task[Any]
    turn: Turn
    stopped: str = ""


class TurnRunner:
    """Runs the turns of all sessions; which ones run at a time is up to the lanes."""

    def __init__(
        self,
        ledger: Ledger,
        agents: Mapping[AgentId, Agent],
        rules: Rules,
        compose: Compose,
        deliver: Callable[[AccountId], None],
        now: Callable[[], datetime],
        retry_after_s: tuple[float, float] = RETRY_AFTER_S,
    ) -> None:
        self._ledger = ledger
        self._settings = _Settings(agents, rules, compose)
        self._deliver = deliver
        self._retry_after_s = retry_after_s
        self._now = now
        self._running: dict[SessionKey, _Run] = {}
        self._broken: set[SessionKey] = set()
        self._debounces: dict[SessionKey, float] = {}
        self._ended = asyncio.Event()
        self._unseen = Unseen()
        self._presence: Presence = self._unseen

    def accompany(self, presence: Presence) -> None:
        """Let ``presence`` show people, from the next turn on, that they are being answered."""
        self._presence = presence

    def adopt(self, agents: Mapping[AgentId, Agent], rules: Rules, compose: Compose) -> None:
        """Go by other settings from the next turn on; one that runs ends as it began."""
        self._settings = _Settings(agents, rules, compose)

    async def quiet(self) -> None:
        """Return once no turn runs."""
        while self._running:
            self._ended.clear()
            await self._ended.wait()

    def debounce_s(self, key: SessionKey) -> float:
        """How long the lane of a session waits, after the turn that ran last, for more of what came during it."""
        return self._debounces.get(key, 0.0)

    def is_running(self, key: SessionKey) -> bool:
        """Whether a turn of the session runs at this moment."""
        return key in self._running

    def is_answering(self, chat: int) -> bool:
        """Whether an answer for the chat with this row number is being written."""
        return any(run.turn.chat.row_id == chat for run in self._running.values())

    def cancel(self, key: SessionKey, why: str = "stopped") -> bool:
        """Stop the running turn of a session; whether there was one."""
        run = self._running.get(key)
        if run is None or run.stopped:
            return False
        run.stopped = why
        return run.task.cancel()

    def interrupt(self, key: SessionKey, account: AccountId, chat: ChatKey, why: str) -> bool:
        """Stop the running turn of a session for ``why`` if it answers that chat; people who share one do not meet."""
        run = self._running.get(key)
        if run is None or (run.turn.account, run.turn.chat.key) != (account, chat):
            return False
        return self.cancel(key, why)

    async def step(self, key: SessionKey) -> float | None:
        """Do the next thing in a lane; in how many seconds there may be more, ``None`` when nothing is left.

        A failed run waits here before it may run again.
        """
        # A turn is claimed, run and worded by the same settings, whatever is adopted meanwhile.
        settings = self._settings
        try:
            step = await self._ledger.write(lambda tx: self._claim(tx, key, settings.rules))
            self._broken.discard(key)
            match step:
                case Nothing(in_s):
                    self._debounces.pop(key, None)
                    return in_s
                case Commanded(account):
                    self._deliver(account)
                    return 0.0
                case Claimed():
                    if step.answered:
                        self._deliver(step.turn.account)
                    self._debounces[key] = step.debounce_s
                    return 0.0 if await self._run(step, settings) or step.left else None
        except Exception:
            self._broken.add(key)
            raise

    def _claim(self, tx: Tx, key: SessionKey, rules: Rules) -> Step:
        if key in self._broken:
            # The end of the last turn could not be written down; nothing of it runs any more.
            recover(tx, self._now(), key)
        step = claim(tx, key, rules, self._now())
        if not isinstance(step, Claimed):
            return step
        heard = heed(tx, step.turn, rules.commands, rules.say, self._now())
        return replace(step, turn=heard.turn, settings=heard.settings, answered=heard.answered)

    async def _run(self, claimed: Claimed, settings: _Settings) -> bool:
        """Run a turn once; whether it may have to run again."""
        turn = claimed.turn
        try:
            answer = await self._answer(claimed, settings)
            # Rendering takes a moment; the writer's time belongs to everybody.
            catalog = settings.rules.commands.catalog
            bubbles = (
                reply.bubbles(claimed, answer, settings.compose, catalog)
                if isinstance(answer, Answer)
                else ()
            )
        except AgentError as error:
            return await self._failed(turn, str(error))
        # Listed boundary: a bug in a runtime fails its turn, and the lane goes on.
        except Exception as error:
            log.exception("turn.broken", turn=turn.id, session=turn.session)
            return await self._failed(turn, f"a bug: {type(error).__name__}: {error}")
        if isinstance(answer, Stopped):
            await self._ledger.write(
                lambda tx: end(tx, turn, TurnState.CANCELLED, self._now(), reason=answer.why)
            )
            let_go()
        else:
            await self._ledger.write(lambda tx: self._finish(tx, claimed, answer, bubbles))
            self._deliver(turn.account)
            self._presence.answered(turn)
        return False

    async def _answer(self, claimed: Claimed, settings: _Settings) -> Answer | Stopped:
        """The agent's answer, or that the run was stopped on request."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a turn runs inside a task")
        run = _Run(task, claimed.turn)
        self._running[claimed.turn.session] = run
        try:
            with self._shown(claimed, settings.rules) as see:
                return await self._prompt(claimed, settings, see)
        except asyncio.CancelledError:
            if not run.stopped:
                raise
            # The cancellation was ours and ends here, as in asyncio.timeout().
            task.uncancel()
            return Stopped(run.stopped)
        finally:
            del self._running[claimed.turn.session]
            self._ended.set()

    def _shown(self, claimed: Claimed, rules: Rules) -> AbstractContextManager[Callable[[TurnEvent], None]]:
        """What people see while the agent runs: nothing where it will not speak (demand K5)."""
        turn = claimed.turn
        is_quiet = compaction.is_compaction(turn) or rules.silenced(turn, claimed.settings) is not None
        return (self._unseen if is_quiet else self._presence).during(turn)

    async def _prompt(
        self, claimed: Claimed, settings: _Settings, see: Callable[[TurnEvent], None]
    ) -> Answer:
        turn, agent = claimed.turn, settings.agents[claimed.turn.agent]
        if agent.runtime is None:
            raise AgentFailed(f"agent {turn.agent} has no model")

        async def note_effect() -> None:
            await self._ledger.write(lambda tx: turns.mark_effects(tx, turn.id))

        async def say(text: str, first: bool) -> bool:
            model = claimed.settings.model or agent.model
            manner = Manner(model, claimed.settings.thinking, first=first)
            bubbles = settings.compose(turn, text, manner)
            spoke = bool(bubbles) and await self._ledger.write(lambda tx: self._speak(tx, turn, bubbles))
            if spoke:
                self._deliver(turn.account)
            return spoke

        how = None if compaction.is_compaction(turn) else settings.rules.streams(turn)
        rights = settings.rules.tools(turn)
        if settings.rules.silenced(turn, claimed.settings) is not None:
            rights &= UNSEEN_TOOLS
        may_read = agent.reads_itself or rights.permits(READ_FILE)
        shown = await handed(turn, agent.files, may_read=may_read)
        question = reply.question(claimed, agent.persona, rights, shown)
        events = agent.runtime.prompt(claimed.session, question)
        voice = Voice(how, say)
        async with still_working(agent.note_after_s, lambda: self._note(turn, voice, settings)):
            return await listen(events, voice, note_effect, Finished(agent.model), see)

    async def _note(self, turn: Turn, voice: Voice, settings: _Settings) -> None:
        """Say that the agent is at work, unless it has said something itself."""
        if voice.spoke or compaction.is_compaction(turn):
            return
        said = settings.rules.say(turn.account, turn.chat, STILL_WORKING)
        if await self._ledger.write(lambda tx: self._speak(tx, turn, said)):
            self._deliver(turn.account)

    def _speak(self, tx: Tx, turn: Turn, bubbles: Sequence[OutboundMessage]) -> bool:
        """Queue a part of an answer that is still being written; whether it may leave.

        In the same moment the run becomes one that must not be repeated: its beginning would be said twice.
        """
        if self._settings.rules.silenced(turn, session_settings.load(tx, turn.session)) is not None:
            return False
        turns.mark_effects(tx, turn.id)
        deliveries.queue_on(tx, Cause.TURN, turn.id, bubbles, self._now())
        return True

    def _finish(self, tx: Tx, claimed: Claimed, answer: Answer, bubbles: Sequence[OutboundMessage]) -> None:
        turn, now = claimed.turn, self._now()
        turns.finish(tx, turn.id, answer.finished, now)
        if compaction.is_compaction(turn):
            compaction.finish(tx, turn, claimed.session, answer.text, self._settings.rules.say, now)
            return
        asked = prompt.user_text(turn, claimed.scene)
        said = (TranscriptEntry("user", asked), TranscriptEntry("assistant", answer.text))
        sessions.add(tx, claimed.session, turn.id, said)
        # By the rules of this moment: who forbids an answer while it is written means it.
        rules = self._settings.rules
        held_back = rules.silenced(turn, session_settings.load(tx, turn.session)) if bubbles else None
        if held_back is not None:
            log.info("turn.silenced", turn=turn.id, session=turn.session, reason=held_back)
            bubbles = ()
        # Behind what was said while it was written, also in an earlier run that the operator has repeated.
        deliveries.queue_on(tx, Cause.TURN, turn.id, bubbles, now)
        state = MessageState.ANSWERED if bubbles or answer.spoke else MessageState.SILENT
        messages.settle(tx, [message.id for message in turn.messages], state, now, held_back or "")

    async def _failed(self, turn: Turn, error: str) -> bool:
        effects = await self._ledger.write(lambda tx: turns.load(tx, turn.id).effects)
        final = effects or turn.attempts >= MAX_ATTEMPTS
        log.warning(
            "turn.failed",
            turn=turn.id,
            session=turn.session,
            attempt=turn.attempts,
            error=str(error),
            final=final,
        )
        if final:
            await self._ledger.write(lambda tx: self._give_up(tx, turn, error))
            self._deliver(turn.account)
            return False
        await self._ledger.write(lambda tx: turns.put_back(tx, turn.id, self._now(), error))
        await asyncio.sleep(self._retry_after_s[turn.attempts - 1])
        return True

    def _give_up(self, tx: Tx, turn: Turn, error: str) -> None:
        end(tx, turn, TurnState.FAILED, self._now(), error)
        if compaction.is_compaction(turn):
            compaction.give_up(tx, turn, self._settings.rules.say, self._now())
