"""A whole examination, in its order."""

from __future__ import annotations

from pathlib import Path

from tests.doctor.installing import install, visit_to
from tests.journeys.house import build, free_port

from openclaw.doctor.gather.running import Heard
from openclaw.doctor.gather.traffic import Traffic
from openclaw.doctor.names import Check
from openclaw.doctor.themes import examine_all, themes

ORDER = ("config.", "access.", "files.", "imsg.", "ledger.", "gateway.", "agent.", "machine.")


async def test_everything_is_looked_at_in_the_order_of_the_manual(tmp_path: Path) -> None:
    """Nothing crashes on an ordinary installation, and each theme has something to say."""
    house = build(tmp_path)
    document = {
        "channels": {"imessage": {"cliPath": str(house.root / "imsg"), "dbPath": str(house.mac)}},
        "agents": {"defaults": {"model": "ollama/llama"}},
        "gateway": {"port": free_port()},
    }
    _, environ = install(tmp_path, document)
    checks = [finding.check for finding in await examine_all(visit_to(environ))]
    assert Check.CRASHED not in checks
    heads = list(dict.fromkeys(f"{check.partition('.')[0]}." for check in checks))
    assert heads == list(ORDER)


def test_one_account_narrows_the_look_at_phones(tmp_path: Path) -> None:
    """The rest of the installation is looked at all the same."""
    _, environ = install(
        tmp_path, {"channels": {"imessage": {"accounts": {"home": {}, "work": {"dbPath": "/b"}}}}}
    )
    parts = [part.name for part in themes(visit_to(environ, account="work"), Traffic(), Heard())]
    assert [name for name in parts if name.startswith("phone")] == ["phone of account work"]
    assert {"configuration", "ledger", "machine", "release"} <= set(parts)
