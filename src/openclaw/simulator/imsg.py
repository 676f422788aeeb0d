"""The program: the command line of imsg, over a database that this package made.

Owns argument reading, the choice of version and database, and the exit codes (0, or 1 for any error). Only what a
command needs is imported: three of these run beside every gateway.
"""

from __future__ import annotations

import os
import signal
import sys

from openclaw.simulator import commands, schema, startup
from openclaw.simulator.behaviour import BadSettings, Behaviour
from openclaw.simulator.envelope import RpcError
from openclaw.simulator.output import print_text
from openclaw.simulator.versions import DEFAULT, Version, version

_GLOBAL = {"--db": True, "--log-level": True, "--logLevel": True, "-v": False, "--verbose": False}
_JSON = dict.fromkeys(("--json", "-j", "--json-output", "--jsonOutput"), False)
_TARGET = {"--chat-id": True, "--chat-identifier": True, "--chat-guid": True}
_SEND = {"--to": True, "--text": True, "--file": True, "--service": True, "--region": True, **_TARGET}
_COMMANDS: dict[str, tuple[str, dict[str, bool]]] = {
    "chats": ("List recent conversations", {"--limit": True}),
    "history": ("Show the messages of a chat", {"--chat-id": True, "--limit": True}),
    "send": ("Send a message", _SEND),
    "rpc": ("Serve JSON-RPC over stdin and stdout", {}),
    "status": ("Show what works on this Mac", {}),
}
"""Summary and options (whether each takes a value) by command."""


def default_database(environ: dict[str, str]) -> str:
    """Return the database that is used without `--db`: never the one of the real Messages."""
    state = environ.get("OPENCLAW_STATE_DIR") or os.path.join(
        environ.get("OPENCLAW_HOME") or "~", ".openclaw"
    )
    return environ.get("IMSG_SIMULATOR_DB") or os.path.join(os.path.expanduser(state), "simulator", "chat.db")


def main() -> None:
    """Run the program with the arguments of this process and exit."""
    for number in (signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    sys.exit(run(sys.argv[1:], dict(os.environ)))


def run(arguments: list[str], environ: dict[str, str]) -> int:
    """Run one command line and return its exit code."""
    try:
        return _run(arguments, environ)
    except (commands.Failed, startup.Unreadable, schema.NotSimulated, BadSettings) as error:
        print_text(str(error))
    except RpcError as error:
        print_text(str(error.data))
    return 1


def _run(arguments: list[str], environ: dict[str, str]) -> int:
    asked = environ.get("IMSG_SIMULATOR_AS")
    if arguments[:1] == ["--as"] and len(arguments) > 1:
        asked, arguments = arguments[1], arguments[2:]
    database = os.path.expanduser(_after("--db", arguments) or default_database(environ))
    behaviour = Behaviour(database)
    chosen = _chosen(asked or behaviour.settings.version or DEFAULT)
    command = next((each for each in arguments if not each.startswith("-")), "")
    if "--version" in arguments or "-V" in arguments:
        return _tell_version(environ.get("IMSG_VERSION") or chosen.number, behaviour)
    if not arguments or "--help" in arguments or "-h" in arguments:
        print_text(_help(command, chosen))
        return 0
    if command not in _known(chosen):
        raise commands.Failed(f"Unknown subcommand '{command}' for command 'imsg'")
    options = _options(command, arguments[arguments.index(command) + 1 :])
    if command == "rpc":
        return startup.serve(chosen, behaviour, database, iter(sys.stdin.buffer))
    commands.run(command, options, chosen, behaviour, database)
    return 0


def _tell_version(number: str, behaviour: Behaviour) -> int:
    bad = behaviour.take("bad-version")
    if bad is None:
        print_text(number)
        return 0
    behaviour.outlast(bad)
    print_text(bad["text"])
    return bad["code"]


def _chosen(number: str) -> Version:
    try:
        return version(number)
    except ValueError as error:
        raise commands.Failed(str(error)) from None


def _after(option: str, arguments: list[str]) -> str | None:
    at = arguments.index(option) + 1 if option in arguments else len(arguments)
    return arguments[at] if at < len(arguments) else None


def _known(chosen: Version) -> list[str]:
    return [name for name in _COMMANDS if name != "status" or chosen.status_keys]


def _options(command: str, arguments: list[str]) -> dict[str, str]:
    """Return the options by name without dashes; for `send` two bare words are the recipient and the text."""
    known = {**_GLOBAL, **_JSON, **_COMMANDS[command][1]}
    found: dict[str, str] = {}
    bare: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            bare.append(argument)
        elif argument not in known:
            raise commands.Failed(f"Unknown option {argument}")
        elif known[argument]:
            value = next(rest, None)
            if value is None or value.startswith("-"):
                raise commands.Failed(f"Missing value for option: {argument}")
            found[argument.lstrip("-")] = value
        else:
            found["json" if argument in _JSON else argument.lstrip("-")] = "true"
    if command == "send":
        found = dict(zip(("to", "text"), bare, strict=False)) | found
    return found


def _help(command: str, chosen: Version) -> str:
    if command not in _known(chosen):
        lines = [f"  {name}\t{_COMMANDS[name][0]}" for name in _known(chosen)]
        return "\n".join([f"imsg {chosen.number}", "A Mac that is not there.", "", "Commands:", *lines])
    summary, own = _COMMANDS[command]
    options = [
        f"  {name}{' <value>' if takes else ''}" for name, takes in {**own, **_GLOBAL, **_JSON}.items()
    ]
    return "\n".join([f"imsg {command}", summary, "", "Options:", *options])


if __name__ == "__main__":
    main()
