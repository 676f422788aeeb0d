"""A hundred phones in one gateway: what the start takes, what they hold, and what one message costs among them.

Owns the installation with many accounts; each has a Mac of its own.
"""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from .conversation import median, one_at_a_time, percentile
from .mac import Mac, install, open_mac
from .model import Model
from .running import Program, open_gateway
from .settings import settings, write_settings

Figures = dict[str, float | str]

ACCOUNTS = 100
_ASKED = 20


async def crowded(program: Program, model: Model, figures: Figures) -> None:
    """Start ``program``, which has nothing yet, with a hundred accounts; the second start is the measured one."""
    async with AsyncExitStack() as stack:
        macs = [await _open(stack) for _ in range(ACCOUNTS)]
        phones, macs = [phone for phone, _ in macs], [mac for _, mac in macs]
        content = settings(phones[0], model.base_url, program.folder / "home" / "workspace")
        accounts = {f"phone{number}": {"cliPath": str(phone)} for number, phone in enumerate(phones)}
        content["channels"]["imessage"]["accounts"] = accounts
        write_settings(program.config, content)
        async with open_gateway(program, *macs):
            pass
        async with open_gateway(program, *macs) as gateway:
            figures["accounts: start s"] = gateway.start_s
            await gateway.settled()
            whole, own = gateway.memory_mib()
            figures["accounts: gateway MiB"], figures["accounts: children MiB"] = own, whole - own
            before, latencies = gateway.cpu_s()[1], list[float]()
            for mac in macs[:: ACCOUNTS // _ASKED]:
                exchange = await one_at_a_time(mac, "crowd", [mac.add_person(1)], 2)
                latencies += exchange.latencies_ms()[1:]
            figures["accounts: median ms"] = median(latencies)
            figures["accounts: p95 ms"] = percentile(latencies, 0.95)
            figures["accounts: cpu ms"] = (gateway.cpu_s()[1] - before) * 1000 / (2 * len(latencies))


async def _open(stack: AsyncExitStack) -> tuple[Path, Mac]:
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phone-")))
    return install(place), await stack.enter_async_context(open_mac(place))
