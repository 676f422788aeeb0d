"""``/config`` and ``/debug``: the configuration read and changed from a chat, by the owner, within what may be written.

Behaviour facts I.3. Where the original prints secrets as they are written, here they are masked (ruling 1).
"""

from __future__ import annotations

import json
from typing import Any, cast

from openclaw.config.change import Change
from openclaw.config.grammar import normalise_id
from openclaw.config.paths import KeyPath, parse_path, render_path
from openclaw.config.programs import is_kept_from_chats
from openclaw.config.secrets import is_secret_path, mask_secrets
from openclaw.config.typed import parse_value, split_assignment, typed_path
from openclaw.domain.ids import AccountId
from openclaw.errors import BadRequest, ConfigInvalid, NotFound
from openclaw.turns.commands.order import Order, usage
from openclaw.turns.commands.ports import ConfigDesk
from openclaw.turns.commands.rules import CommandRules

NO_DESK = "The configuration cannot be reached from here."
_NOT_HERE = "Everybody here would read that; ask in a direct message."
_NOT_FROM_A_CHAT = (
    "That says which programs run, where files are written or where conversations go. "
    "Change it on the gateway's machine, with openclaw config set."
)
# What fits into a handful of bubbles; a longer part is asked for by a longer path.
_LONGEST_SHOWN = 6000
# No value that a person types is longer; whatever is, is something else.
_LONGEST_VALUE = 10_000


async def config(desk: ConfigDesk | None, order: Order) -> str:
    """``/config show|get [path]``, ``set path=value``, ``unset path``."""
    if desk is None:
        return NO_DESK
    action, rest = _action(order)
    match action:
        case "show" | "get":
            return _NOT_HERE if order.held.is_group else _shown(desk, rest)
        case "set" | "unset":
            edit = edit_of(action, rest)
            if isinstance(edit, str):
                return edit
            if refused := write_refusal(edit.path, order.held.message.account, order.rules):
                return refused
            return await _write(desk, edit, order)
        case _:
            return usage(order.command)


async def debug(desk: ConfigDesk | None, order: Order) -> str:
    """``/debug show``, ``set path=value``, ``unset path``, ``reset``: held in memory, gone with the next restart."""
    if desk is None:
        return NO_DESK
    action, rest = _action(order)
    match action:
        case "show":
            return _NOT_HERE if order.held.is_group else _laid(desk)
        case "reset":
            await desk.uncover()
            return "The file alone holds again."
        case "set" | "unset":
            edit = edit_of(action, rest)
            if isinstance(edit, str):
                return edit
            if refused := path_refusal(edit.path):
                return refused
            if edit.remove and render_path(edit.path) not in desk.overlay():
                return f"Nothing is laid over {render_path(edit.path)}."
            try:
                await desk.lay_over([edit])
            except ConfigInvalid as error:
                return first_issue(error)
            if edit.remove:
                return f"{render_path(edit.path)} is as the file has it again."
            return _told(edit, "Until the next restart: ")
        case _:
            return usage(order.command)


def _action(order: Order) -> tuple[str, str]:
    action, *rest = order.arguments.split(maxsplit=1)[:2] or [""]
    return action.lower(), rest[0].strip() if rest else ""


def _laid(desk: ConfigDesk) -> str:
    laid = desk.overlay()
    lines = [f"{path} = {rendered(value)}" for path, value in laid.items()]
    return _cut("\n".join(lines)) if lines else "Nothing is laid over the file."


def _shown(desk: ConfigDesk, text: str) -> str:
    try:
        path = parse_path(text)
        value = desk.read(path)
    except NotFound:
        return f"{_short(text)} is not set."
    return _cut(f"{text} = {rendered(value)}" if text else rendered(value))


async def _write(desk: ConfigDesk, edit: Change, order: Order) -> str:
    if edit.remove:
        try:
            desk.read(edit.path)
        except NotFound:
            return f"{render_path(edit.path)} is not set."
    try:
        await desk.change([edit], by=f"chat command of {order.handle}")
    except ConfigInvalid as error:
        return first_issue(error)
    return _told(edit, "")


def _told(edit: Change, lead: str) -> str:
    path = render_path(edit.path)
    if edit.remove:
        return f"{lead}{path} is unset."
    return _cut(f"{lead}{path} = {rendered(mask_secrets(edit.value, secret=is_secret_path(edit.path)))}")


def edit_of(action: str, text: str) -> Change | str:
    """The change that ``set path=value`` or ``unset path`` names, or what is wrong with it."""
    named, equals, _ = text.partition("=")
    if action == "set" and not equals:
        return "Write it as path=value."
    try:
        path, value = split_assignment(text) if action == "set" else (typed_path(text), "")
    except BadRequest:
        return "That is not a key path; write it like agents.list[0].id" if named.strip() else "Name the key."
    if action == "unset":
        return _NOT_FROM_A_CHAT if is_kept_from_chats(path, None, remove=True) else Change(path, remove=True)
    if len(value) > _LONGEST_VALUE:
        return "That is too long for a value."
    try:
        change = Change(path, parse_value(value))
    except BadRequest:
        return "The value is not JSON."
    return _NOT_FROM_A_CHAT if is_kept_from_chats(path, change.value) else change


def path_refusal(path: KeyPath) -> str:
    """Why ``path`` may not be written at all, or "": it would replace a channel, or all accounts, in one go."""
    if path[:1] == ("channels",) and (len(path) <= 2 or (len(path) == 3 and path[2] == "accounts")):
        return f"{render_path(path)} is too much at once; name a key below it."
    return ""


def write_refusal(path: KeyPath, origin: AccountId, rules: CommandRules) -> str:
    """Why ``path`` may not be written from a chat of the account ``origin``, or ""."""
    if refused := path_refusal(path):
        return refused
    if not rules.account(origin).writes:
        return "configWrites is off for this account."
    if path[:2] != ("channels", "imessage"):
        return ""
    # Switching the guard itself counts as writing what it guards.
    if len(path) > 3 and path[2] == "accounts":
        named = AccountId(normalise_id(str(path[3])))
        writes = rules.accounts[named].writes if named in rules.accounts else rules.channel_writes
    else:
        writes = rules.channel_writes
    return "" if writes else "configWrites is off for what that changes."


def rendered(value: object) -> str:
    """A value as JSON, on one line where it is short."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= 200 or not isinstance(value, (dict, list)):
        return text
    return json.dumps(cast("Any", value), ensure_ascii=False, indent=1)


def first_issue(error: ConfigInvalid) -> str:
    """The first rule that a change would break, and what helps."""
    issue = error.issues[0]
    told = f"{issue.path or 'the file'}: {issue.message}"
    return f"Nothing was changed. {told}{f'; {issue.fix}' if issue.fix else ''}".rstrip(".") + "."


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…\n(cut; name a longer path)"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
