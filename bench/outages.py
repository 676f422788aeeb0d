"""What it takes to be back: after the gateway was killed, after one of its phone's children was, after a long absence.

Owns what is broken and when it is whole again. A message is on its way each time, so that "whole" means answered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable

from .conversation import ANSWER_LIMIT, Exchange, median
from .mac import Mac
from .processes import peak_mib
from .running import Program, Running, open_gateway, subscribed_again

Figures = dict[str, float | str]

BACKLOG = 100_000
_KILLS, _CHILD_KILLS = 5, 3
_GROUP, _PERSON = 9100, 8900
# A child that lived for less than half a minute died in a series, and the next one is waited for longer.
_REST = 32.0
_LIMIT = 300.0


async def gateway_kills(program: Program, mac: Mac, figures: Figures) -> None:
    """Kill -9 the gateway and start it at once; from the kill until it has subscribed, and has answered what came."""
    subscribed, answered = list[float](), list[float]()
    exchange = Exchange(mac, "dead")
    for number in range(_KILLS):
        async with open_gateway(program, mac) as gateway:
            await gateway.settled()
            killed = time.monotonic_ns()
            os.kill(gateway.pid, signal.SIGKILL)
        mark = await exchange.ask(mac.add_person(_PERSON + number))
        async with open_gateway(program, mac):
            await _answered(exchange)
            subscribed.append((mac.subscribed_ns - killed) / 1e9)
            answered.append((exchange.first_ns[mark] - killed) / 1e9)
    figures["gateway killed: subscribed s"] = median(subscribed)
    figures["gateway killed: answered s"] = median(answered)
    figures["gateway killed: answered twice"] = exchange.doubled


async def child_kills(mac: Mac, gateway: Running, figures: Figures) -> None:
    """Kill -9 a child; from the kill until it is subscribed again, or until what came has been answered."""
    pick: dict[str, Callable[[], set[int]]] = {
        "watching": lambda: mac.watching_pids,
        "sending": lambda: mac.pids - mac.watching_pids,
    }
    for name, pids in pick.items():
        subscribed, answered = list[float](), list[float]()
        exchange = Exchange(mac, f"{name}")
        for number in range(_CHILD_KILLS):
            await asyncio.sleep(_REST)
            mac.subscribed_ns, killed = 0, time.monotonic_ns()
            for pid in pids():
                os.kill(pid, signal.SIGKILL)
            mark = await exchange.ask(mac.add_person(_PERSON + 20 + number))
            await _answered(exchange)
            answered.append((exchange.first_ns[mark] - killed) / 1e9)
            if name == "watching":
                await asyncio.wait_for(subscribed_again(mac), _LIMIT)
                subscribed.append((mac.subscribed_ns - killed) / 1e9)
        figures[f"{name} child killed: answered s"] = median(answered)
        if subscribed:
            figures[f"{name} child killed: subscribed s"] = median(subscribed)
    await gateway.settled()


async def catch_up(program: Program, mac: Mac, figures: Figures) -> None:
    """Start on a phone with a backlog that policy drops, and a message behind it: the rate until that is answered."""
    group = mac.add_group(_GROUP)
    mac.store(group, (f"Group talk {number}, of no concern to anybody" for number in range(BACKLOG)))
    exchange = Exchange(mac, "behind")
    mark = await exchange.ask(mac.add_person(_PERSON + 50))
    async with open_gateway(program, mac) as gateway:
        await _answered(exchange, _LIMIT)
        taken = (exchange.first_ns[mark] - mac.subscribed_ns) / 1e9
        figures["catch-up rows/s"] = BACKLOG / taken
        figures["catch-up cpu s"] = gateway.cpu_s()[1]
        figures["catch-up peak MiB"] = peak_mib(gateway.pid)


async def _answered(exchange: Exchange, limit: float = ANSWER_LIMIT) -> None:
    if not await exchange.answered(limit):
        raise TimeoutError(f"{exchange.label}: no answer in {limit:.0f} s")
