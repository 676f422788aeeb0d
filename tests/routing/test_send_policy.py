"""Send policy: in which sessions answers may leave."""

from __future__ import annotations

import pytest

from openclaw.config.sections.session import SendMatch, SendPolicy, SendRule
from openclaw.domain.admission import Reason
from openclaw.domain.ids import SessionKey
from openclaw.routing.send_policy import Sending, send_refusal, sending

DIRECT = SessionKey("agent:main:imessage:direct:+15550100001")
GROUP = SessionKey("agent:main:imessage:group:7")


def allow(**match: str) -> SendRule:
    """A rule that lets answers leave."""
    return SendRule(action="allow", match=SendMatch(**match))  # type: ignore[arg-type]


def deny(**match: str) -> SendRule:
    """A rule that keeps answers back."""
    return SendRule(action="deny", match=SendMatch(**match))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "default", "key", "expected"),
    [
        ((), None, DIRECT, Sending(True)),
        ((), "allow", DIRECT, Sending(True, "session.sendPolicy.default")),
        ((), "deny", DIRECT, Sending(False, "session.sendPolicy.default")),
        ((deny(),), None, DIRECT, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(channel="telegram"),), None, DIRECT, Sending(True)),
        ((deny(channel="iMessage"),), None, DIRECT, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(chat_type="group"),), None, DIRECT, Sending(True)),
        ((deny(chat_type="group"),), None, GROUP, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(chat_type="channel"),), None, GROUP, Sending(True)),
        ((deny(chat_type="dm"),), None, DIRECT, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(chat_type="direct"),), None, GROUP, Sending(True)),
        ((deny(key_prefix="imessage:group:"),), None, GROUP, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(key_prefix="agent:main:"),), None, GROUP, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(key_prefix="main:imessage:"),), None, GROUP, Sending(True)),
        ((deny(raw_key_prefix="imessage:"),), None, GROUP, Sending(True)),
        ((deny(raw_key_prefix="AGENT:main:"),), None, GROUP, Sending(False, "session.sendPolicy.rules[0]")),
        ((deny(chat_type="group", key_prefix="other"),), None, GROUP, Sending(True)),
        ((allow(chat_type="group"),), "deny", GROUP, Sending(True, "session.sendPolicy.rules[0]")),
        ((allow(chat_type="group"),), "deny", DIRECT, Sending(False, "session.sendPolicy.default")),
        ((allow(), deny(chat_type="group")), None, GROUP, Sending(False, "session.sendPolicy.rules[1]")),
        ((deny(chat_type="group"), allow()), "allow", GROUP, Sending(False, "session.sendPolicy.rules[0]")),
        ((allow(channel="imessage"), allow()), "deny", GROUP, Sending(True, "session.sendPolicy.rules[0]")),
    ],
)
def test_the_table_of_rules(
    rules: tuple[SendRule, ...], default: str | None, key: SessionKey, expected: Sending
) -> None:
    """The first rule that denies wins, then any that allows, then the default (behaviour facts A.12)."""
    policy = SendPolicy(default=default, rules=rules)  # type: ignore[arg-type]

    assert sending(policy, key, is_group=key == GROUP) == expected


@pytest.mark.parametrize(
    ("said", "policy", "reason"),
    [
        ("", None, None),
        ("", SendPolicy(default="deny"), Reason.SEND_DENIED),
        ("on", SendPolicy(default="deny"), None),
        ("off", None, Reason.SEND_OFF),
        ("off", SendPolicy(default="allow"), Reason.SEND_OFF),
    ],
)
def test_what_was_said_in_the_chat_counts_alone(
    said: str, policy: SendPolicy | None, reason: Reason | None
) -> None:
    """/send on and /send off go over the configuration for their session."""
    assert send_refusal(policy, DIRECT, is_group=False, said=said) is reason
