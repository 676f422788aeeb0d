"""A fake ``imsg``, installed as a gateway's ``cliPath``: as little of a process as Python can be.

Owns the two ends that a gateway sees, command line and pipe, and the clock readings taken there. What the phone knows
is on the other side of a socket that lies beside this file (``mac.py``), so that all children of a gateway share it. It
must not import anything that makes it heavier: its memory and CPU count in the gateway's process tree.
"""

import os
import select
import socket
import sys
import time

VERSION = "0.9.0"
SOCKET_NAME = "mac.sock"
_CHUNK = 1 << 16

ROOT_HELP = (
    f"imsg {VERSION}\n\nCommands:\n  chats\tList chats\n  rpc\tJSON-RPC over stdio\n  status\tWhat works\n"
)
RPC_HELP = (
    "imsg rpc\n\nJSON-RPC over stdin and stdout\n\n"
    "Options:\n  --db <value>\n  --log-level <value>\n  -v, --verbose\n  --json\n"
)
STATUS = (
    '{"basic_features":true,"advanced_features":false,"typing_indicators":false,"read_receipts":false,'
    '"sip":"enabled","message":"Basic features work","bridge_version":0,"v2_ready":false,"selectors":{},'
    '"rpc_methods":["chats.list","messages.history","send","watch.subscribe","watch.unsubscribe"],'
    f'"version":"{VERSION}"}}'
)


def main(arguments: list[str]) -> int:
    """Do what ``imsg`` does with ``arguments``; the exit code."""
    if "--version" in arguments or "-V" in arguments:
        print(VERSION)
    elif not arguments or "--help" in arguments or "-h" in arguments:
        print(RPC_HELP if "rpc" in arguments else ROOT_HELP)
    elif arguments[0] == "status":
        print(STATUS)
    elif arguments[0] == "rpc":
        _relay()
    else:
        print(f"Unknown subcommand '{arguments[0]}' for command 'imsg'")
        return 1
    return 0


def _relay() -> None:
    """Pass requests to the Mac with the moment they were read, and its lines to the gateway, until either ends."""
    mac = socket.socket(socket.AF_UNIX)
    mac.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), SOCKET_NAME))
    mac.sendall(b"hello %d\n" % os.getpid())
    asked = told = b""
    while True:
        ready, _, _ = select.select([0, mac], [], [])
        if 0 in ready:
            piece = os.read(0, _CHUNK)
            read_at = time.monotonic_ns()
            if not piece:
                return
            *lines, asked = (asked + piece).split(b"\n")
            if lines:
                mac.sendall(b"".join(b"%d %s\n" % (read_at, line) for line in lines))
        if mac in ready:
            piece = mac.recv(_CHUNK)
            if not piece:
                return
            *lines, told = (told + piece).split(b"\n")
            for line in lines:
                _tell(mac, line)


def _tell(mac: socket.socket, line: bytes) -> None:
    """Write one line to the gateway; report the moment before the write where the Mac gave the line a mark."""
    mark, _, text = line.partition(b" ")
    moment = time.monotonic_ns()
    rest = text + b"\n"
    while rest:
        rest = rest[os.write(1, rest) :]
    if mark != b"-":
        mac.sendall(b"told %s %d\n" % (mark, moment))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
