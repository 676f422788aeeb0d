"""The commands of imsg beside `rpc`: `chats`, `history`, `send`, `status`.

Owns their output. Like the original they print errors to standard output, which is left to the caller.
"""

from __future__ import annotations

import json

from openclaw.simulator import sending, startup, status
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.mac import Mac
from openclaw.simulator.output import Output, print_text
from openclaw.simulator.params import Params
from openclaw.simulator.reading import Filter
from openclaw.simulator.versions import Version

Options = dict[str, str]


class Failed(Exception):
    """A command ends with exit code 1 and this text."""


def run(command: str, options: Options, version: Version, behaviour: Behaviour, database: str) -> None:
    """Run one command. Raises Failed for bad options, startup.Unreadable and RpcError for what goes wrong."""
    if command == "status":
        print_text(json.dumps(status.report(version, helper=behaviour.settings.helper)))
        return
    mac = startup.open_mac(version, behaviour, Output(behaviour), database)
    try:
        match command:
            case "chats":
                _chats(mac, options)
            case "history":
                _history(mac, options)
            case _:
                _send(mac, options, database)
    finally:
        mac.reader.close()


def _history(mac: Mac, options: Options) -> None:
    if "chat-id" not in options:
        raise Failed("Missing required option: --chat-id")
    chat, limit = _number(options, "chat-id", 0), _number(options, "limit", 50)
    for message in mac.composer.history(chat, max(limit, 1), Filter(attachments=True)):
        who = "me" if message["is_from_me"] else message["sender"]
        print_text(
            json.dumps(message) if "json" in options else f"{message['created_at']} {who}: {message['text']}"
        )


def _chats(mac: Mac, options: Options) -> None:
    for chat in mac.composer.chats(_number(options, "limit", 20)):
        line = f"[{chat['id']}] {chat['name'] or chat['identifier']} ({chat['identifier']}) {chat['last_message_at']}"
        print_text(json.dumps(chat) if "json" in options else line)


def _send(mac: Mac, options: Options, database: str) -> None:
    names = {"to": "to", "text": "text", "file": "file", "service": "service", "region": "region"}
    names |= {"chat-id": "chat_id", "chat-identifier": "chat_identifier", "chat-guid": "chat_guid"}
    given = {key: options[name] for name, key in names.items() if name in options}
    sending.send(mac, database, Params(given))
    print_text('{"status":"sent"}' if "json" in options else "sent")


def _number(options: Options, name: str, default: int) -> int:
    try:
        return int(options.get(name, default))
    except ValueError:
        raise Failed(f"Invalid value for option: --{name}") from None
