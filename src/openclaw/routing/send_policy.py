"""Send policy: in which sessions the answers of an agent may leave. Pure; behaviour facts A.12.

The agent hears and answers all the same: only the bubbles are kept back.
"""

from __future__ import annotations

from dataclasses import dataclass

from openclaw.config.sections.session import SendMatch, SendPolicy
from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey

_CHANNEL = "imessage"


@dataclass(frozen=True, slots=True)
class Sending:
    """Whether answers leave, and what says so: a key of the configuration, ``/send``, or "" when nothing does."""

    allowed: bool
    because: str = ""


def sending(policy: SendPolicy | None, key: SessionKey, *, is_group: bool, said: str = "") -> Sending:
    """Whether the answers of the session ``key`` leave.

    ``said`` is what a person set for it (``on``, ``off``), and that counts alone. Else the first rule that denies it,
    else any that allows it, else the default.
    """
    if said:
        return Sending(said != "off", "/send")
    if policy is None:
        return Sending(True)
    allowing = ""
    for position, rule in enumerate(policy.rules):
        if not _matches(rule.match, key, is_group=is_group):
            continue
        because = f"session.sendPolicy.rules[{position}]"
        if rule.action == "deny":
            return Sending(False, because)
        allowing = allowing or because
    if allowing or policy.default is None:
        return Sending(True, allowing)
    return Sending(policy.default == "allow", "session.sendPolicy.default")


def send_refusal(
    policy: SendPolicy | None, key: SessionKey, *, is_group: bool, said: str = ""
) -> Reason | None:
    """Why an answer in the session ``key`` is kept back; ``None`` when it leaves."""
    decided = sending(policy, key, is_group=is_group, said=said)
    if decided.allowed:
        return None
    return Reason.SEND_OFF if said else Reason.SEND_DENIED


def _matches(match: SendMatch, key: SessionKey, *, is_group: bool) -> bool:
    kind = _plain(match.chat_type)
    kinds = ("group",) if is_group else ("direct", "dm")
    prefix, raw_prefix = _plain(match.key_prefix), _plain(match.raw_key_prefix)
    # "agent:main:imessage:…" is also asked for as "imessage:…".
    bare = key.split(":", 2)[-1] if key.startswith("agent:") else key
    return (
        _plain(match.channel) in ("", _CHANNEL)
        and (not kind or kind in kinds)
        and key.startswith(raw_prefix)
        and (key.startswith(prefix) or bare.startswith(prefix))
    )


def _plain(text: str | None) -> str:
    return (text or "").strip().lower()
