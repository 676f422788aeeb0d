"""The measures of one gateway, in the order in which they disturb each other least.

Owns what is done to a gateway and the names of the figures that come of it. Judges nothing.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from .conversation import all_at_once, median, one_at_a_time, percentile
from .crowded import crowded
from .mac import Mac
from .model import Model
from .outages import catch_up, child_kills, gateway_kills
from .processes import tree
from .running import Program, Running, open_gateway, wall_s

Figures = dict[str, float | str]
Say = Callable[[str], None]

SINGLE_MESSAGES, SINGLE_CHATS = 100, 10
BURST_CHATS, BURST_EACH = 30, 10
COST_MESSAGES = 50
# Rows of a group that policy drops go in between two messages of the measured chat.
_FILL_CHAT, _COST_CHAT, _FIRST_CHAT, _LONG_CHAT = 9000, 8000, 7000, 6000
LONG_SESSION = 200


async def measure(program: Program, mac: Mac, stored: list[int], say: Say) -> Figures:
    """The figures of ``program`` with one phone. A measure that fails leaves its reason in place of its figures."""
    figures: Figures = {}
    await _tried(figures, "first start", say, lambda: _first_start(program, mac, figures))
    await _tried(figures, "main run", say, lambda: _main_run(program, mac, figures, say))
    await _tried(figures, "outages", say, lambda: _outages(program, mac, figures, say))
    await _tried(figures, "stored messages", say, lambda: _cost_run(program, mac, stored, figures, say))
    say("catching up")
    await _tried(figures, "catch-up", say, lambda: catch_up(program, mac, figures))
    return figures


async def measure_crowded(program: Program, model: Model, say: Say) -> Figures:
    """The figures of ``program``, which has nothing yet, with a hundred phones."""
    figures: Figures = {}
    say("a hundred accounts")
    await _tried(figures, "accounts", say, lambda: crowded(program, model, figures))
    return figures


async def _outages(program: Program, mac: Mac, figures: Figures, say: Say) -> None:
    say("killing the gateway")
    await gateway_kills(program, mac, figures)
    say("killing its children")
    async with open_gateway(program, mac) as gateway:
        await child_kills(mac, gateway, figures)


async def _tried(figures: Figures, name: str, say: Say, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except (TimeoutError, RuntimeError) as error:
        figures[f"{name} failed"] = str(error)
        say(f"{name} failed: {error}")


async def _first_start(program: Program, mac: Mac, figures: Figures) -> None:
    """On an empty disk: the start, and a message that is there before anything has warmed up."""
    async with open_gateway(program, mac) as gateway:
        figures["first start s"] = gateway.start_s
        first = await one_at_a_time(mac, "first", [mac.add_person(_FIRST_CHAT)], 1)
        figures["first answer s"] = first.latencies_ms()[0] / 1000
        figures["process start to first answer s"] = (max(first.first_ns.values()) - gateway.started_ns) / 1e9
        await gateway.settled()


async def _main_run(program: Program, mac: Mac, figures: Figures, say: Say) -> None:
    kept = program.disk_bytes
    async with open_gateway(program, mac) as gateway:
        figures["start s"] = gateway.start_s
        await gateway.settled()
        figures["idle MiB"], figures["idle without phone MiB"] = gateway.memory_mib()
        figures["processes"] = len(tree(gateway.pid))
        say("one at a time")
        await _singles(mac, gateway, figures)
        say("burst")
        await _burst(mac, gateway, figures)
        await gateway.settled()
        figures["after burst MiB"], figures["after burst without phone MiB"] = gateway.memory_mib()
        say("command line")
        await _command_line(program, figures)
    turns = SINGLE_CHATS + SINGLE_MESSAGES + BURST_CHATS * BURST_EACH
    figures["disk bytes per message"] = (program.disk_bytes - kept) / turns


async def _singles(mac: Mac, gateway: Running, figures: Figures) -> None:
    chats = [mac.add_person(number) for number in range(1, SINGLE_CHATS + 1)]
    await one_at_a_time(mac, "warm", chats, SINGLE_CHATS)
    before = gateway.cpu_s()
    exchange = await one_at_a_time(mac, "single", chats, SINGLE_MESSAGES)
    after = gateway.cpu_s()
    figures["latency median ms"] = median(exchange.latencies_ms())
    figures["latency p95 ms"] = percentile(exchange.latencies_ms(), 0.95)
    figures["confirmed median ms"] = median(exchange.confirmed_ms())
    figures["confirmed p95 ms"] = percentile(exchange.confirmed_ms(), 0.95)
    figures["cpu per message ms"] = (after[0] - before[0]) * 1000 / SINGLE_MESSAGES
    figures["cpu per message without phone ms"] = (after[1] - before[1]) * 1000 / SINGLE_MESSAGES


async def _burst(mac: Mac, gateway: Running, figures: Figures) -> None:
    chats = [mac.add_person(100 + number) for number in range(BURST_CHATS)]
    before = gateway.cpu_s()
    exchange = await all_at_once(mac, "burst", chats, BURST_EACH)
    after = gateway.cpu_s()
    figures["burst wall s"] = exchange.wall_s()
    figures["burst cpu s"] = after[0] - before[0]
    figures["burst cpu without phone s"] = after[1] - before[1]
    figures["burst sends"] = exchange.sends
    figures["burst unanswered"] = len(exchange.asked) - len(exchange.first_ns)
    figures["burst answered twice"] = exchange.doubled
    figures["burst answered elsewhere"] = exchange.astray


async def _command_line(program: Program, figures: Figures) -> None:
    for arguments in (("--version",), ("channels", "status"), ("pairing", "list", "imessage")):
        taken, code = await wall_s(program, arguments)
        figures[f"{' '.join(arguments)} s"] = taken
        if code:
            figures[f"{' '.join(arguments)} exit code"] = code


async def _cost_run(program: Program, mac: Mac, stored: list[int], figures: Figures, say: Say) -> None:
    async with open_gateway(program, mac) as gateway:
        say(f"one session of {LONG_SESSION} turns")
        await _long_session(mac, figures)
        done = 0
        for rows in sorted(stored):
            say(f"{rows:,} stored messages")
            if rows - done > 1:
                figures[f"fill rows/s to {rows}"] = (rows - done) / await _fill(mac, rows - done)
                done = rows
            await gateway.settled()
            await _cost(mac, gateway, rows, figures)


async def _long_session(mac: Mac, figures: Figures) -> None:
    """A session that grows: what the turns of its beginning and of its end take."""
    exchange = await one_at_a_time(mac, "long", [mac.add_person(_LONG_CHAT)], LONG_SESSION)
    taken = exchange.latencies_ms()
    figures["session turns 11-30 median ms"] = median(taken[10:30])
    figures[f"session turns {LONG_SESSION - 19}-{LONG_SESSION} median ms"] = median(taken[-20:])


async def _fill(mac: Mac, rows: int) -> float:
    """Let ``rows`` rows arrive that policy drops; the seconds until the message after them is answered."""
    group, begun = mac.add_group(_FILL_CHAT), time.monotonic()
    await mac.flood(group, (f"Group talk {number}, of no concern to anybody" for number in range(rows)))
    await one_at_a_time(mac, f"fill{len(mac.rows)}", [mac.add_person(_COST_CHAT)], 1)
    return time.monotonic() - begun


async def _cost(mac: Mac, gateway: Running, rows: int, figures: Figures) -> None:
    # A new chat each time: what grows here is what is stored, not the session.
    chat = mac.add_person(_COST_CHAT + 1 + rows % 997)
    await one_at_a_time(mac, f"warm{rows}", [chat], 2)
    before = gateway.cpu_s()[0]
    exchange = await one_at_a_time(mac, f"cost{rows}", [chat], COST_MESSAGES)
    figures[f"at {rows} stored: median ms"] = median(exchange.latencies_ms())
    figures[f"at {rows} stored: cpu ms"] = (gateway.cpu_s()[0] - before) * 1000 / COST_MESSAGES
    figures[f"at {rows} stored: MiB"] = gateway.memory_mib()[0]
