"""Whether a gateway runs, answers, is this release, and can do its work. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openclaw.doctor.findings import Finding, Severity, error, fine, note, warning
from openclaw.doctor.names import Check
from openclaw.doctor.repairs import ForgetDead, MakeToken

_START = "openclaw gateway"


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """What is known of the gateway of this state directory.

    ``pid`` is ``None`` when none runs. ``status`` is what it says of itself, ``attention`` how much waits for a
    person, ``failure`` why it said nothing, ``is_refusal`` that it refused this command's token. ``dead`` is the
    process whose address was left behind. ``last_in`` and ``last_out`` are from the ledger. ``port_taken`` says that
    something else listens at ``port``. ``token`` is where the token comes from, "" when it is still to be made.
    """

    state_dir: Path
    version: str
    port: int
    pid: int | None = None
    their_version: str = ""
    status: Mapping[str, Any] | None = None
    attention: Mapping[str, int] | None = None
    failure: str = ""
    is_refusal: bool = False
    dead: int | None = None
    last_in: datetime | None = None
    last_out: datetime | None = None
    port_taken: bool = False
    token: str = ""
    config_usable: bool = True


def judge(facts: RunningFacts) -> Iterator[Finding]:
    """Everything about the gateway that can be known from outside."""
    yield from _address(facts)
    if facts.pid is None:
        yield note(Check.GATEWAY_RUNS, str(facts.state_dir), "no gateway runs here", _START)
        if facts.port_taken:
            fix = "end that program, or set gateway.port to another number"
            yield error(Check.GATEWAY_PORT, f"port {facts.port}", "another program listens there", fix)
    elif facts.status is None:
        again = f"end process {facts.pid} and start it again"
        fix = f"look at its log ({facts.state_dir}/logs), or {again}"
        if facts.is_refusal:
            fix = f"set OPENCLAW_GATEWAY_TOKEN to its token, or {again}: it then takes the one that is here"
        yield error(Check.GATEWAY_RUNS, f"process {facts.pid}", facts.failure, fix)
    else:
        yield fine(Check.GATEWAY_RUNS, f"process {facts.pid}", "runs and answers")
        yield from _version(facts)
        yield from _of_status(facts.status)
        yield from _attention(facts.attention or {})
    yield from _traffic(facts)
    yield _token(facts)


def _address(facts: RunningFacts) -> Iterator[Finding]:
    if facts.dead is not None:
        place = f"{facts.state_dir}/gateway.json"
        found = f"names process {facts.dead}, which is gone: it was killed, or the machine went down"
        repair = ForgetDead(facts.state_dir)
        yield warning(Check.GATEWAY_ADDRESS, place, found, "openclaw doctor --fix", [repair])


def _version(facts: RunningFacts) -> Iterator[Finding]:
    if facts.their_version and facts.their_version != facts.version:
        found = f"runs {facts.their_version}, this command is {facts.version}"
        yield warning(Check.GATEWAY_VERSION, f"process {facts.pid}", found, "start the gateway again")
    else:
        yield fine(Check.GATEWAY_VERSION, f"process {facts.pid}", facts.version)


def _of_status(status: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _in_force(status.get("config", {}))
    work = status.get("work", {})
    for account in status.get("accounts", ()):
        # Where everything is paused, going on with one account is not what helps.
        yield _account({**account, "paused": account.get("paused") and not work.get("paused")})
    if ledger := status.get("ledger"):
        yield error(
            Check.LEDGER_FILE, "the running gateway's ledger", str(ledger["cause"]), str(ledger["fix"])
        )
    if work.get("paused"):
        yield warning(
            Check.GATEWAY_PAUSED, "every account", "is paused: nothing is answered", "openclaw resume"
        )
    for pause in work.get("tripped", ()):
        where = str(pause.get("chatKey") or pause.get("accountId") or "everything")
        yield warning(Check.GATEWAY_PAUSED, where, f"is paused: {pause['reason']}", str(pause["resume"]))


def _in_force(config: Mapping[str, Any]) -> Iterator[Finding]:
    if config.get("refusedAt"):
        found = f"an edit of {config['refusedAt']} breaks rules, so what ran before is still in force"
        yield error(Check.GATEWAY_CONFIG, str(config["path"]), found, "openclaw config validate")
    if waiting := config.get("awaitsRestart"):
        found = f"{', '.join(waiting)}: the new values count from the next start on"
        yield warning(Check.GATEWAY_CONFIG, str(config["path"]), found, "start the gateway again")


def _account(account: Mapping[str, Any]) -> Finding:
    place = f"account {account['accountId']} of the running gateway"
    since = f"since {account['since']}" if account.get("since") else ""
    if not account.get("enabled"):
        return note(Check.GATEWAY_ACCOUNT, place, "is not enabled", "set enabled: true in its section")
    found = f"{account['state']} {since}".strip()
    if account.get("lastError"):
        trouble = f"{found}: {account.get('cause') or account['lastError']}"
        return error(Check.GATEWAY_ACCOUNT, place, trouble, "openclaw channels status --probe")
    if account.get("paused"):
        return warning(
            Check.GATEWAY_PAUSED, place, "is paused", f"openclaw resume --account {account['accountId']}"
        )
    return fine(Check.GATEWAY_ACCOUNT, place, found)


def _attention(counts: Mapping[str, int]) -> Iterator[Finding]:
    waiting = [f"{count} {what}" for what, count in counts.items() if count]
    if waiting:
        yield note(
            Check.GATEWAY_ATTENTION, "what waits for a person", ", ".join(waiting), "openclaw attention"
        )


def _traffic(facts: RunningFacts) -> Iterator[Finding]:
    if facts.last_in is not None or facts.last_out is not None:
        found = (
            f"last message in {_moment(facts.last_in)}, last bubble seen on a phone {_moment(facts.last_out)}"
        )
        yield note(Check.GATEWAY_TRAFFIC, "the ledger", found)


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def _token(facts: RunningFacts) -> Finding:
    if facts.token:
        return fine(Check.GATEWAY_TOKEN, "the gateway's token", facts.token)
    repairs = [MakeToken(facts.state_dir)] if facts.config_usable else []
    return Finding(
        Check.GATEWAY_TOKEN,
        Severity.INFO,
        "the gateway's token",
        "there is none yet; the first start makes one",
        "openclaw doctor --fix",
        tuple(repairs),
    )
