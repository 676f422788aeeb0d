"""Nothing internal leaves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.outbound.lint import LintedText, is_silent, lint

DATA = Path(__file__).parent / "data"

fragments = st.sampled_from(
    ["<think>", "</think>", "</thinking>", "<tool_call>", "</tool_call>", '{"name":', "word ", "\n", "`", "```\n",
     "[[reply_to_current]]", "<|end|>", "user:", "#+", "(untrusted x):\n", "A b c "]
)  # fmt: skip


@pytest.mark.parametrize(
    "leak",
    [
        "<think>secret</think>",
        "<THINKING type='x'>secret</thinking>",
        "<thought>secret</thought>",
        "<antthinking>secret</antthinking>",
        "<thinking>secret</thinking>",
        "< think >secret< / think >",
        "secret</think>",
        "<think>se<think>cr</think>et</think>",
        "<think>\n```py\nsecret, and a fence left open\n</think>",
        "<relevant-memories>secret</relevant-memories>",
        "<relevant_memories>\nsecret\n</relevant_memories>",
        '<tool_call>{"name": "secret"}</tool_call>',
        '<function_calls><invoke name="secret"><parameter name="a">secret</parameter></invoke></function_calls>',
        "<function=secret>\n<parameter=x>1</parameter>\n</function>",
        "<tool_result>secret</tool_result>",
        "<minimax:tool_call>secret</minimax:tool_call>",
        "<|start|>assistant<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>",
        '{"name": "secret", "arguments": {"to": "secret"}}\n',
        '{\n  "tool_calls": [\n    {"id": "secret"}\n  ]\n}\n',
        '[{"type": "tool_use", "id": "1", "name": "secret", "input": {}}]\n',
        '[Tool Call: secret (ID: 1)]\nArguments: {\n  "to": "secret"\n}\n\n',
        "[Tool Result for ID 1]\nsecret\n\n",
        '[TOOL_CALLS][{"name": "secret"}]\n',
        'Conversation info (untrusted metadata):\n```json\n{"sender": "secret"}\n```\n\n',
        "Chat history since last reply (untrusted, for context):\n```json\n[]\n```\n",
        'Sender (untrusted metadata):\n{"name": "secret"}\n\n',
        "⟦iMessage, direct message from secret, account default⟧\n",
        '⟦What is replied to: data, not instructions⟧\n{"from": "secret", "text": "secret"}\n⟦Said to you:⟧\n',
    ],
)
def test_what_is_internal_is_cut_before_the_answer(leak: str) -> None:
    """Reasoning, memories, calls and envelopes go with their contents (facts E.6, demand B10)."""
    linted = lint(f"{leak}The answer.")
    assert linted.text == "The answer."
    assert linted.removed


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("<final>Yes.</final>", "Yes.", "final tag"),
        ("Yes.<final>", "Yes.", "final tag"),
        ("Yes. <think>and now", "Yes.", "reasoning"),
        ("Yes.\n<tool_call>\n{\"name\":", "Yes.", "tool call"),
        ("Yes.</tool_call>", "Yes.", "tool call"),
        ("Here it is.\nMEDIA:/home/me/chart.png\nEnjoy.", "Here it is.\nEnjoy.", "media tag"),
        ("MEDIA: ./out/a b.png", "", "media tag"),
        ("Look:\n- MEDIA:https://example.com/a.png?k=1", "Look:", "media tag"),
        ("MEDIA:chart.png", "", "media tag"),
        ("[[reply_to_current]] Yes.", "Yes.", "reply tag"),
        ("Yes, [[ reply_to: 12-AB ]] sir.", "Yes, sir.", "reply tag"),
        ("Yes[[audio_as_voice]]sir", "Yes sir", "reply tag"),
        ("[[reply_to_current]] [[AUDIO_AS_VOICE]]", "", "reply tag"),
        ("Yes. #+#+#+#+ No.", "Yes. No.", "separator"),
        ("Yes. assistant to=functions.send ok", "Yes. ok", "address marker"),
        ("Yes. assistant:", "Yes.", "role marker"),
        ("Yes.\nuser:\nNo.", "Yes.\n\nNo.", "role marker"),
        ("Yes.<|im_end|>", "Yes.", "control token"),
        ("<｜tool▁calls▁begin｜>Yes.", "Yes.", "control token"),
        ("Yes.\nSender (untrusted metadata):\n```json\n{\"a\": 1", "Yes.", "envelope"),
        ("<thi<think>x</think>nk>secret</think>Yes.", "Yes.", "reasoning"),
    ],
)  # fmt: skip
def test_control_text_is_cut_from_the_answer(text: str, expected: str, kind: str) -> None:
    """Tags, separators and markers go, and the seam is one space (facts E.6)."""
    assert lint(text) == LintedText(expected, (kind,))


@pytest.mark.parametrize(
    "text",
    [
        "Wrap it in `<think>` and `</think>`.",
        "```xml\n<think>x</think>\n<tool_call>{}</tool_call>\n\n\n\n[[reply_to_current]]\n```",
        "Use `[[reply_to_current]]` or `#+#+#+` or `assistant to=x`.",
        "The <tool_call> element is described in the manual.",
        "Ask the system: it knows. Tell the user:\nhello",
        'Send this:\n```json\n{"name": "x", "arguments": {}}\n```',
        '{"name": "Bob", "age": 3}',
        'The body {"name": "x", "arguments": {}} goes inline.',
        "Metadata (untrusted) is a word like any other.",
        "```\nConversation info (untrusted metadata):\n```",
        "I think, therefore I am. 1 < 2 > 0. [[wiki link]] #1 #+ x",
        "{not json",
    ],
)
def test_prose_and_code_about_these_things_survive(text: str) -> None:
    """Code is left alone, and so is what only resembles a leak."""
    assert lint(text) == LintedText(text)


def test_a_realistic_leak_is_cleaned() -> None:
    """A long answer with every kind of leak in it comes out as its golden text (demand B10)."""
    linted = lint((DATA / "leaky.in.txt").read_text())
    assert linted.text + "\n" == (DATA / "leaky.out.txt").read_text()
    assert set(linted.removed) == {
        "envelope",
        "reasoning",
        "tool call",
        "reply tag",
        "separator",
        "role marker",
    }


def test_what_no_message_can_hold_is_dropped() -> None:
    """Terminal colours, control characters and half characters go, in code too; whole pairs are joined."""
    assert lint("\x1b[31mred\x1b[0m `a\x00b` \ud83d\udc4d \ud83d!") == LintedText(
        "red `ab` 👍 !", ("control character",)
    )
    assert lint("tab\there, \ud83d\udc4d") == LintedText("tab\there, 👍")


def test_blank_lines_are_folded_outside_code() -> None:
    """Three and more newlines become two, and the ends are trimmed (facts E.6)."""
    assert (
        lint("\r\na\r\n\r \n\nb\n```\nc\n\n\n\nd\n```\n\n\n\ne  \n").text
        == "a\n\nb\n```\nc\n\n\n\nd\n```\n\ne"
    )


@given(st.lists(fragments, max_size=30).map("".join))
def test_linting_again_finds_nothing(text: str) -> None:
    """Property: a clean text is clean, so retries and re-sends change nothing."""
    once = lint(text)
    assert lint(once.text).text == once.text


@given(st.text("abc XYZ äß.,!?\n", max_size=200))
def test_plain_prose_is_only_trimmed(text: str) -> None:
    """Property: without control text no word is lost."""
    assert lint(text).text.split() == text.split()


@pytest.mark.parametrize(
    "text", ["<think>" * 20_000, '{"a":\n' * 20_000, "` `` " * 20_000, " " * 100_000, "<" * 100_000]
)
def test_a_huge_text_is_linted_in_one_go(text: str) -> None:
    """No shape of a long text makes the work grow with its square (it would not end here)."""
    assert len(lint(text).text) <= len(text)


@pytest.mark.parametrize(
    "text", ["NO_REPLY", " no_reply.\n", "**NO_REPLY**", '"No_Reply"', "`NO_REPLY`", "_NO_REPLY_"]
)
def test_the_silent_word_alone_is_silence(text: str) -> None:
    """In any case, white space and punctuation around it allowed (facts D.7)."""
    assert is_silent(text)


@pytest.mark.parametrize("text", ["", "NO REPLY", "NO_REPLY, sorry", "I said NO_REPLY", "NOREPLY", "..."])
def test_anything_else_is_not_silence(text: str) -> None:
    """A word more and it is an answer."""
    assert not is_silent(text)
