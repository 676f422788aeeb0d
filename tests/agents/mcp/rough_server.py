"""An MCP server written by hand that behaves as badly as its one argument says. Without a library it starts fast."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

HOW = sys.argv[1] if len(sys.argv) > 1 else ""
TOOLS = [
    {"name": "who", "description": "Who runs.", "inputSchema": {"type": "object"}},
    {"name": "act", "description": "Acts.", "inputSchema": {"type": "object"}},
]


def say(message: dict[str, Any]) -> None:
    """Say one message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def result(request: dict[str, Any], value: dict[str, Any]) -> None:
    """Answer a request."""
    say({"id": request["id"], "result": value})


def text(request: dict[str, Any], said: str) -> None:
    """Answer a call with a text."""
    result(request, {"content": [{"type": "text", "text": said}]})


def act() -> None:
    """What the call of ``act`` leads to."""
    match HOW:
        case "dies":
            sys.stderr.write("I cannot go on\n")
            sys.stderr.flush()
            os._exit(7)
        case "hangs" | "standstill":
            while True:
                signal.pause()
        case "floods":
            while True:
                sys.stdout.write("x" * 65536)
        case "chatters":
            while True:
                say({"method": "notifications/message", "params": {"level": "info", "data": "x" * 1000}})
        case "babbles":
            for _ in range(1000):
                sys.stdout.write('<html>\n{"jsonrpc": "2.0"}\n[]\nnull\n{"id": 1}\n\x00\xff\n')
                sys.stderr.write("complaint\n" * 10)
            sys.stdout.flush()


def main() -> None:
    """Serve until the input ends."""
    match HOW:
        case "silent":
            signal.pause()
        case "ends":
            sys.stderr.write("no licence\n")
            sys.exit(3)
        case "garbage":
            sys.stdout.write("Welcome!\nThis is no protocol.\n")
            sys.stdout.flush()
            signal.pause()
        case "slow":
            time.sleep(0.5)
    if HOW == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        request = json.loads(line)
        match request.get("method"):
            case "initialize":
                version = request["params"]["protocolVersion"]
                info = {"name": "rough", "version": "1"}
                result(
                    request, {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
                )
            case "tools/list":
                many = [dict(TOOLS[0], name=f"tool {number}") for number in range(300)]
                result(request, {"tools": many if HOW == "many" else TOOLS})
            case "tools/call" if request["params"]["name"] == "who":
                text(request, str(os.getpid()))
            case "tools/call":
                act()
                text(request, "acted")
            case "ping":
                result(request, {})
    if HOW == "stubborn":
        while True:
            signal.pause()


main()
