"""The parts of an examination, in the order of the manual: for each the look at the facts and the check of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from openclaw.config.accounts import AccountConfig
from openclaw.doctor.checks import access as access_checks
from openclaw.doctor.checks import agents as agent_checks
from openclaw.doctor.checks import configuration as configuration_checks
from openclaw.doctor.checks import files as file_checks
from openclaw.doctor.checks import ledger as ledger_checks
from openclaw.doctor.checks import machine as machine_checks
from openclaw.doctor.checks import patterns as pattern_checks
from openclaw.doctor.checks import phone as phone_checks
from openclaw.doctor.checks import remote as remote_checks
from openclaw.doctor.checks import running as running_checks
from openclaw.doctor.checks import upgrade as upgrade_checks
from openclaw.doctor.checks.agents import AcpFacts
from openclaw.doctor.examination import Theme, examine
from openclaw.doctor.findings import Finding
from openclaw.doctor.gather import (
    agents,
    configuration,
    files,
    ledger,
    machine,
    phone,
    remote,
    running,
    upgrade,
)
from openclaw.doctor.gather.running import Heard
from openclaw.doctor.gather.traffic import Traffic, read_traffic
from openclaw.doctor.visit import Visit

# A probe takes three times ten seconds at most, and a login fifteen; a deep look may read a large ledger.
_LIMIT_S, _DEEP_LIMIT_S = 60.0, 360.0
# Each starts children on its phone's machine; more at once would measure each other.
_PHONES_AT_ONCE = 8


async def examine_all(visit: Visit) -> list[Finding]:
    """Every finding of the installation. Never raises for what is wrong with it."""
    traffic, heard = await asyncio.gather(
        asyncio.to_thread(read_traffic, visit.locations.state_dir), asyncio.to_thread(running.hear, visit)
    )
    return await examine(themes(visit, traffic, heard), _DEEP_LIMIT_S if visit.deep else _LIMIT_S)


def themes(visit: Visit, traffic: Traffic, heard: Heard) -> list[Theme]:
    """The parts of the examination of ``visit``, given what its ledger and its gateway tell."""
    gate = asyncio.Semaphore(_PHONES_AT_ONCE)
    return [
        Theme("configuration", partial(_configuration, visit)),
        Theme("access", partial(_access, visit, traffic)),
        Theme("files", partial(_files, visit)),
        *(
            Theme(f"phone of account {account.id}", partial(_phone, visit, account, traffic, heard, gate))
            for account in visit.accounts
        ),
        Theme("ledger", partial(_ledger, visit)),
        Theme("gateway", partial(_running, visit, heard, traffic)),
        Theme("agents", partial(_agents, visit, traffic)),
        Theme("machine", partial(_machine, visit, traffic)),
        Theme("release", partial(_upgrade, visit)),
    ]


async def _configuration(visit: Visit) -> Iterable[Finding]:
    return configuration_checks.judge(configuration.configuration(visit))


async def _access(visit: Visit, traffic: Traffic) -> Iterable[Finding]:
    found = [
        finding
        for facts in configuration.access(visit, traffic)
        for finding in access_checks.judge_account(facts)
    ]
    found += [one for facts in configuration.lists(visit) for one in access_checks.judge_list(facts)]
    found += [one for facts in configuration.patterns(visit) for one in pattern_checks.judge(facts)]
    return found


async def _files(visit: Visit) -> Iterable[Finding]:
    return file_checks.judge(await asyncio.to_thread(files.files, visit))


async def _phone(
    visit: Visit, account: AccountConfig, traffic: Traffic, heard: Heard, gate: asyncio.Semaphore
) -> Iterable[Finding]:
    async with gate:
        asked, reached = await asyncio.gather(
            phone.phone(account, traffic, heard.gateway, heard.status), remote.remote(visit, account)
        )
    of_remote = [] if reached is None else list(remote_checks.judge(reached))
    return [*of_remote, *phone_checks.judge(asked)]


async def _ledger(visit: Visit) -> Iterable[Finding]:
    file, place = await asyncio.gather(
        asyncio.to_thread(ledger.ledger, visit), asyncio.to_thread(ledger.place, visit)
    )
    return [*ledger_checks.judge_file(file), *ledger_checks.judge_place(place, visit.now)]


async def _running(visit: Visit, heard: Heard, traffic: Traffic) -> Iterable[Finding]:
    return running_checks.judge(await asyncio.to_thread(running.running, visit, heard, traffic))


async def _agents(visit: Visit, traffic: Traffic) -> Iterable[Finding]:
    found: list[Finding] = []
    for facts in await agents.agents(visit):
        is_acp = isinstance(facts, AcpFacts)
        found += agent_checks.judge_acp(facts) if is_acp else agent_checks.judge_model(facts)
    return found + [agent_checks.judge_complaint(*one) for one in traffic.complaints.items()]


async def _machine(visit: Visit, traffic: Traffic) -> Iterable[Finding]:
    return machine_checks.judge(await machine.machine(visit, traffic))


async def _upgrade(visit: Visit) -> Iterable[Finding]:
    return upgrade_checks.judge(upgrade.upgrade(visit))
