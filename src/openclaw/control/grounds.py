"""Grounds: the gates, the keys and the route behind a verdict, as JSON and in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.config.deciding import DecidingKey, Matter, deciding_keys, fix_for
from openclaw.control.judging import Judging
from openclaw.control.shapes import Json
from openclaw.domain.reasons import Reason
from openclaw.domain.sessions import Route
from openclaw.inbound.gates import Trace


def reason_shape(reason: Reason, matter: Matter, judging: Judging | None) -> Json:
    """A reason with its sentence, what helps, and the keys that decided as the configuration is now.

    Without ``judging`` no keys are told.
    """
    keys = deciding_keys(judging.loaded, matter, reason) if judging else ()
    return {
        "reason": reason,
        "says": reason.sentence,
        "fix": fix_for(reason, keys),
        "keys": keys_shape(keys),
    }


def keys_shape(keys: Sequence[DecidingKey]) -> list[Json]:
    """Deciding keys: where each stands, what is in force, and in words when it stands nowhere."""
    return [{"key": one.key, "value": one.value, "set": one.is_set, "says": one.says} for one in keys]


def gates_shape(trace: Trace, reason: Reason) -> list[Json]:
    """The gates that a message came to, in their order; the last one may have stopped it."""
    passed: list[Json] = [{"gate": gate, "passed": True, "says": gate.passed} for gate in trace.passed]
    if trace.stopped_at is None:
        return passed
    return [*passed, {"gate": trace.stopped_at, "passed": False, "says": reason.sentence}]


def route_shape(route: Route) -> Json:
    """Where a conversation goes, and the rule that says so: ``bindings[2] (peer)``, or ``default``."""
    return {"agent": route.agent, "session": route.session, "matchedBy": route.matched_by}
