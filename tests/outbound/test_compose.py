"""From what an agent wrote to the messages that leave."""

from __future__ import annotations

from tests.making import ACCOUNT, direct_chat

from openclaw.outbound.compose import Style, bubble, compose


def said(text: str, style: Style | None = None, lead: str = "") -> list[str]:
    return [message.text for message in compose(ACCOUNT, direct_chat(), text, style or Style(), lead)]


def test_markdown_arrives_as_plain_text() -> None:
    """Demand K1."""
    assert said("**Yes**, at `noon`.") == ["Yes, at noon."]


def test_silence_sends_nothing() -> None:
    """Behaviour facts D.12, also when the model thought aloud first."""
    assert said("NO_REPLY") == []
    assert said("<think>nothing to add</think>NO_REPLY") == []
    assert said("   ") == []


def test_internals_never_leave() -> None:
    """Demand B10."""
    assert said("<think>she must not see this</think>Hello Ann") == ["Hello Ann"]


def test_the_prefix_stands_before_the_first_bubble_only() -> None:
    """messages.responsePrefix."""
    assert said("one\n\ntwo", Style(mode="newline"), "[Molty]") == ["[Molty] one", "two"]


def test_a_reply_keeps_to_the_service_of_its_chat() -> None:
    """Ruling 11; imsg contract 4.2: an SMS chat must be named as such."""
    assert bubble(ACCOUNT, direct_chat(service="SMS"), "hi").service == "sms"
    assert bubble(ACCOUNT, direct_chat(service="RCS"), "hi").service == "sms"
    assert bubble(ACCOUNT, direct_chat(), "hi").service == "auto"
