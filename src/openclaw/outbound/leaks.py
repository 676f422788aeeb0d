"""What models and gateways leak into an answer: the shapes of it, as patterns with a name each.

Owns only the shapes. What is cut and what survives is for ``lint``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Tags around something internal.

    ``tag`` captures ``close`` ("/" in a closing tag) and ``name``. ``swallows`` says what a closing tag without
    an opening one stands for: True when all before it was internal as well, as with models whose opening tag
    is part of the prompt. ``payload`` is what must follow an opening tag that is never closed for the rest of
    the text to be internal; without it the tag is left alone, as it may be prose.
    """

    kind: str
    tag: re.Pattern[str]
    swallows: bool = False
    payload: re.Pattern[str] = re.compile("")


@dataclass(frozen=True, slots=True)
class Mark:
    """A short piece of control text, to be cut wherever it stands outside code."""

    kind: str
    pattern: re.Pattern[str]


def _tag(names: str, attributes: str = r"(?:\s[^<>]*)?") -> re.Pattern[str]:
    return re.compile(
        rf"<\s{{0,4}}(?P<close>/?)\s{{0,4}}(?:[a-z]{{1,16}}:)?(?P<name>{names}){attributes}>", re.IGNORECASE
    )


WRAPPERS = (
    Wrapper("reasoning", _tag("think(?:ing)?|thought|antthinking"), swallows=True),
    Wrapper("memories", _tag("relevant[-_]memories")),
    Wrapper(
        "tool call",
        _tag(
            "tool_calls?|function_calls?|tool_results?|tool_response|function_results?|tool_use|invoke"
            r"|function(?==|\s*>)",
            attributes=r"(?:[\s=][^<>]*)?",
        ),
        payload=re.compile(r"\s*(?:[\[{<]|\Z)"),
    ),
)

FINAL = Mark("final tag", _tag("final"))

# https://cookbook.openai.com/articles/openai-harmony: everything but the final channel is for the program.
HARMONY = Mark(
    "reasoning",
    re.compile(
        r"(?:<\|start\|>assistant)?<\|channel\|>\s*(?:analysis|commentary)\b"
        r"(?:(?!<\|message\|>).){0,200}<\|message\|>.*?(?:<\|(?:end|call|return)\|>|(?=<\|start\|>)|\Z)",
        re.DOTALL,
    ),
)

# "Label (untrusted …):" and the block that follows it: how context is wrapped for the agent.
ENVELOPE = re.compile(
    r"^[ \t]*[A-Z][\w ,'-]{2,60}\((?:[\w ,-]{0,40}\buntrusted\b)[^()\n]{0,60}\):?[ \t]*(?:\n|\Z)"
    r"(?:[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t]*(?P=fence)[ \t]*(?:\n|\Z)"
    r"|[ \t]*(?:`{3,}|~{3,}).*\Z"
    r"|(?:[ \t]*[{\[\"}\]][^\n]*(?:\n|\Z))*)",
    re.MULTILINE | re.DOTALL,
)

MARKS = (
    HARMONY,
    FINAL,
    # Our own headings around what an agent is shown beside a message, and the lines of data below one.
    Mark(
        "heading",
        re.compile(
            r"^⟦[^⟦⟧\n]{1,400}⟧[ \t]*(?:\n|\Z)"
            r"(?:\{\"(?:at|from|message|subject|members|tapback)\"[^\n]*(?:\n|\Z))*",
            re.MULTILINE,
        ),
    ),
    Mark(
        "control token",
        re.compile(r"<\|(?:start\|>assistant\b|channel\|>\s*final\b|[a-z][a-z0-9_]{0,30}\|>)"),
    ),
    Mark("control token", re.compile(r"<｜[^<>｜\n]{1,40}｜>")),
    Mark(
        "tool call",
        re.compile(
            r"^\[(?:Tool Call:|Tool Result for\b|Historical context:)[^\n]*(?:\n(?![ \t]*$)[^\n]*)*\n?",
            re.MULTILINE,
        ),
    ),
    Mark("tool call", re.compile(r"^[ \t]*\[TOOL_CALLS\][^\n]*\n?", re.MULTILINE)),
    Mark(
        "reply tag",
        re.compile(
            r"\[\[\s{0,8}(?:reply_to_current|reply_to\s{0,8}:[^\[\]\n]{1,300}|audio_as_voice)\s{0,8}\]\][ \t]*",
            re.IGNORECASE,
        ),
    ),
    # How programs of this kind name a file to attach; the path of one is nobody's business.
    Mark(
        "media tag",
        re.compile(
            r"^[ \t]*(?:[-*][ \t]+)?MEDIA:[ \t]*"
            r"(?:[`\"']?(?:/|~|\.{1,2}/|[A-Za-z]:\\|(?:file|https?|media):)[^\n]*|[^\s`]+\.\w{2,5}[ \t]*)(?:\n|\Z)",
            re.MULTILINE,
        ),
    ),
    Mark("separator", re.compile(r"(?:#\+){2,}#?[ \t]*")),
    Mark("address marker", re.compile(r"\bassistant\s{1,8}to\s{0,8}=\s{0,8}[\w.:-]+[ \t]*", re.IGNORECASE)),
    Mark(
        "role marker",
        re.compile(
            r"(?:^[ \t]*|(?<=[.!?…])[ \t]*)\b(?:user|system|assistant|human)[ \t]?:[ \t]*$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
)

# Colours of a terminal, control characters but tab and newline, and the placeholder of attachments.
UNSENDABLE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f\ufffc]")

# Keys that together make a JSON object a call to a tool rather than an example of data.
CALL_NAME_KEYS = frozenset({"name", "tool", "tool_name", "function", "recipient_name"})
CALL_ARGUMENT_KEYS = frozenset({"arguments", "args", "parameters", "input", "tool_input"})
CALL_LIST_KEYS = frozenset({"tool_calls", "tool_uses", "function_call"})
CALL_TYPES = frozenset(
    {"function", "function_call", "tool_call", "tool_use", "tool_result", "toolCall", "thinking"}
)
CALL_START = re.compile(r"^[ \t]*(?=[\[{]\s{0,80}[{\"])", re.MULTILINE)
