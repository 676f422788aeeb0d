"""Small honest children for the tests: Python programs that behave in one way each."""

from __future__ import annotations

import asyncio
import sys

import psutil

# Reads requests one by one and hands each to ``serve(request)``; what is given to ``say`` goes out as a line.
PREAMBLE = """
import json, os, signal, sys, time
def say(value):
    line = value if isinstance(value, str) else json.dumps(value)
    sys.stdout.buffer.write(line.encode() + b"\\n")
    sys.stdout.flush()
def answer(request, result=True):
    say({"jsonrpc": "2.0", "id": request["id"], "result": result})
def requests():
    for line in sys.stdin:
        yield json.loads(line)
"""


def child(program: str) -> list[str]:
    """The argument list that runs ``program``, with the preamble in front."""
    return [sys.executable, "-S", "-c", PREAMBLE + program]


ECHO = child("for request in requests(): answer(request, request['params'])")


async def gone(pid: int) -> bool:
    """Whether process ``pid`` is gone, or soon will be; a corpse that nobody has collected counts as gone."""
    # A kill takes effect a moment after it is sent, and nothing tells about processes that are not our children.
    for _ in range(1000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        await asyncio.sleep(0.01)
    return False
