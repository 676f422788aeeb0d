"""The command words: which there are, who may give each, what switches it on, what may follow it. Data.

The manual's table and what ``/commands`` answers are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from openclaw.domain.commands import Command, Flag, Rank

NEW, RESET, STOP, COMPACT = "/new", "/reset", "/stop", "/compact"
MODEL, MODELS, THINK, VERBOSE, USAGE = "/model", "/models", "/think", "/verbose", "/usage"
QUEUE, ACTIVATION, SEND = "/queue", "/activation", "/send"
HELP, COMMANDS_LIST, STATUS, WHOAMI, CONTEXT, EXPORT = (
    "/help",
    "/commands",
    "/status",
    "/whoami",
    "/context",
    "/export-session",
)
ACP, APPROVE, ALLOWLIST, CONFIG, DEBUG, RESTART = (
    "/acp",
    "/approve",
    "/allowlist",
    "/config",
    "/debug",
    "/restart",
)

COMMANDS = (
    Command(
        NEW,
        "begin a new conversation; text after it is the first message",
        in_lane=True,
        takes_rest=True,
        arguments="[model] [text]",
        example="/new opus Plan my week",
    ),
    Command(
        RESET,
        "the same; soft keeps the summary that /compact made",
        in_lane=True,
        takes_rest=True,
        arguments="[soft] [text]",
        example="/reset soft",
    ),
    Command(STOP, "stop the answer that is being written here, and drop what waits", example=STOP),
    Command(
        COMPACT,
        "fold what was said before into a summary",
        in_lane=True,
        takes_rest=True,
        arguments="[what to keep in mind]",
        example="/compact keep the dates",
    ),
    Command(
        MODEL,
        "which model answers here",
        takes_rest=True,
        arguments="[name | number | default | list]",
        example="/model openai/gpt-5",
    ),
    Command(
        MODELS,
        "the models to choose from, numbered",
        takes_rest=True,
        arguments="[provider]",
        example="/models openai",
    ),
    Command(
        THINK,
        "how hard the model thinks",
        takes_rest=True,
        aliases=("/thinking", "/t"),
        arguments="[off | minimal | low | medium | high | default]",
        example="/think high",
    ),
    Command(
        VERBOSE,
        "whether an answer tells what the agent did for it",
        takes_rest=True,
        aliases=("/v",),
        arguments="[on | off]",
        example="/verbose on",
    ),
    Command(
        USAGE,
        "what an answer tells of tokens and their cost",
        takes_rest=True,
        arguments="[off | tokens | full | cost]",
        example="/usage tokens",
    ),
    Command(
        QUEUE,
        "what becomes of messages that come while an answer is written",
        takes_rest=True,
        arguments="[collect | followup | interrupt | steer] [debounce:2s] [cap:25] [drop:old | drop:new | "
        "drop:summarize] | default",
        example="/queue collect debounce:2s cap:25",
    ),
    Command(
        ACTIVATION,
        "whether the agent must be called by name in this group",
        takes_rest=True,
        group_only=True,
        arguments="[mention | always]",
        example="/activation always",
    ),
    Command(
        SEND,
        "whether answers are sent here at all",
        takes_rest=True,
        who=Rank.OWNER,
        arguments="[on | off | inherit]",
        example="/send off",
    ),
    Command(STATUS, "how this conversation is doing", example=STATUS),
    Command(WHOAMI, "what your address looks like from here", aliases=("/id",), example=WHOAMI),
    Command(
        CONTEXT,
        "what the agent will be told with your next message",
        takes_rest=True,
        arguments="[list | detail | json]",
        example="/context detail",
    ),
    Command(
        EXPORT,
        "write this conversation into a file on the gateway's computer",
        takes_rest=True,
        aliases=("/export",),
        example="/export",
    ),
    Command(
        ACP,
        "let an outside agent answer here, and direct it; its folder and what it may do are the owner's to set",
        takes_rest=True,
        arguments="spawn [agent] [--bind here], status, cancel, steer <text>, close, help, …",
        example="/acp spawn codex --bind here",
    ),
    Command(
        APPROVE,
        "answer a request for permission, or let in who asked with a code",
        takes_rest=True,
        who=Rank.APPROVER,
        arguments="<id> allow-once | allow-always | deny, or <code> [deny]",
        example="/approve ABCD2345",
    ),
    Command(
        ALLOWLIST,
        "who may write here; add and remove are the owner's",
        takes_rest=True,
        owner_for=("add", "remove"),
        owner_flag=Flag.CONFIG,
        arguments="[list] [dm | group | all], add | remove [dm | group] <handle> [--config | --store] [--account <id>]",
        example="/allowlist add dm +15550100001",
    ),
    Command(
        CONFIG,
        "read and change the configuration",
        takes_rest=True,
        who=Rank.OWNER,
        flag=Flag.CONFIG,
        arguments="show | get [path], set <path>=<value>, unset <path>",
        example="/config set messages.queue.cap=25",
    ),
    Command(
        DEBUG,
        "change the configuration until the next restart only",
        takes_rest=True,
        who=Rank.OWNER,
        flag=Flag.DEBUG,
        arguments="show, set <path>=<value>, unset <path>, reset",
        example='/debug set messages.responsePrefix="[test] "',
    ),
    Command(RESTART, "restart the gateway", who=Rank.OWNER, flag=Flag.RESTART, example=RESTART),
    Command(HELP, "the commands that are yours to give", example=HELP),
    Command(COMMANDS_LIST, "the same with what may follow each", example=COMMANDS_LIST),
)

KEPT = frozenset(
    {
        NEW,
        RESET,
        STOP,
        ACP,
        STATUS,
        HELP,
        COMMANDS_LIST,
        WHOAMI,
        APPROVE,
        ALLOWLIST,
        CONFIG,
        DEBUG,
        RESTART,
        QUEUE,
        SEND,
        ACTIVATION,
        EXPORT,
        VERBOSE,
        USAGE,
    }
)
"""Commands that stay the gateway's in a conversation with an outside agent; every other text there is the agent's."""

APART = frozenset({ACP})
"""Commands that may take long, and are carried out while other things go on; what is said behind one waits for it."""

DIRECTIVES = (THINK, VERBOSE, MODEL)
"""Commands that also act for a single message, from inside its text."""

SHORTCUTS = (HELP, COMMANDS_LIST, STATUS, WHOAMI)
"""Commands that are answered, and taken out of the text, wherever they stand in it."""

BY_WORD: Mapping[str, Command] = {
    word: command for command in COMMANDS for word in (command.word, *command.aliases)
}
"""Every command by each of its words."""
