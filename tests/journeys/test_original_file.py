"""A file of the original: pointed at this machine's phones by a command, it starts and does what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.agents.model_server import open_model_server
from tests.journeys.house import House, build, free_port
from tests.making import BOB
from tests.waiting import until

from openclaw.simulator import phone

FILE = Path(__file__).parents[1] / "config" / "data" / "original-large.json5"
# Named in the file: a number of its allowFrom, which is its owner's.
OWNER = "+15555550123"
VARIABLES = "WORK_KEY=w\nDISCORD_TOKEN=d\nTEAM_HEADER=t\nOPENCLAW_GATEWAY_TOKEN=gateway-secret\n"


def settle_in(house: House) -> Path:
    """Put the file and its variables where they are looked for; return the file."""
    house.state.mkdir(mode=0o700)
    (house.state / ".env").write_text(VARIABLES)
    (house.state / ".env").chmod(0o600)
    path = house.state / "openclaw.json"
    path.write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    path.chmod(0o600)
    return path


def changes(house: House, other: Path, server: str, listed: int, bound: int) -> list[dict[str, Any]]:
    """What has to be said of this machine; all else stays as it is written."""
    imsg = str(house.root / "imsg")
    put = {
        "gateway.port": free_port(),
        "gateway.reload.debounceMs": 10,
        "channels.imessage.cliPath": imsg,
        "channels.imessage.dbPath": str(house.mac),
        "channels.imessage.accounts.work.cliPath": imsg,
        "channels.imessage.accounts.work.dbPath": str(other),
        f'channels.imessage.groups["{listed}"].requireMention': False,
        f'channels.imessage.groups["{bound}"].requireMention': False,
        "bindings.0.match.peer.id": str(bound),
        "models.providers.local.baseUrl": f"{server}/v1",
        "agents.defaults.model": {"primary": "local/qwen3:8b"},
        "agents.list[1].model": "local/qwen3:8b",
    }
    taken = ("channels.imessage.remoteHost", "logging.file", "mcp")
    return [{"path": path, "value": value} for path, value in put.items()] + [
        {"path": path, "unset": True} for path in taken
    ]


async def verdicts(house: House) -> dict[str, tuple[str, str]]:
    """State and reason of each message that came, by who wrote it and where."""
    ended = await house.openclaw("messages", "list", "--json")
    rows = ended.json()["messages"] if ended.code == 0 else []
    return {f"{row['accountId']} {row['sender']}": (row["state"], row["reason"]) for row in rows}


async def test_a_file_with_accounts_groups_bindings_and_agents_does_what_it_says(tmp_path: Path) -> None:
    """Rulings 2, 3, 5, 8, 13, 15 and 17, seen from outside."""
    house, other = build(tmp_path), tmp_path / "other.db"
    phone.create_database(other)
    listed = phone.make_group(house.mac, "listed", [OWNER, BOB])
    bound = phone.make_group(house.mac, "bound", [OWNER, BOB])
    path = settle_in(house)
    async with open_model_server() as server:
        batch = json.dumps(changes(house, other, server.url, listed, bound))
        told = await house.openclaw("config", "set", "--batch-json", batch)
        assert told.code == 0, told.err
        assert path.read_text().startswith(FILE.read_text(encoding="utf-8")[:300])
        checked = (await house.openclaw("config", "validate", "--json")).json()
        warned = {one["path"] for one in checked["warnings"]}
        assert checked["valid"]
        assert {"channels.bluebubbles", "channels.telegram", "cron", "agents"} <= warned
        assert not {"$schema", "meta", "wizard"} & warned
        async with house.gateway():
            phone.say(house.mac, OWNER, "directly")
            assert len(await house.replies(OWNER, 1)) == 1
            phone.say(house.mac, BOB, "a stranger, at the account that has a list")
            phone.say(other, BOB, "a stranger, at the account that pairs")
            phone.say(house.mac, OWNER, "in a group that is listed", chat=listed)
            phone.say(house.mac, OWNER, "in a group that is bound", chat=bound)
            await until(lambda: _answered(house, listed, bound), "both groups are answered")
            found = await until(lambda: _judged(house), "both strangers are judged")
            assert found[f"home {BOB}"][0] == "dropped"
            assert found[f"work {BOB}"][0] == "challenged"
            sessions = (await house.openclaw("sessions", "--all-agents", "--json")).json()["sessions"]
            assert {row["key"] for row in sessions} >= {
                "agent:main:imessage:direct:owner",
                f"agent:main:imessage:group:{listed}:home",
                f"agent:family:imessage:group:{bound}:home",
            }
        undone = await house.openclaw("config", "undo")
        assert (undone.code, path.read_text(encoding="utf-8")) == (0, FILE.read_text(encoding="utf-8"))


async def _answered(house: House, *chats: int) -> bool:
    return all(any(bubble.from_me for bubble in phone.read_thread(house.mac, chat)) for chat in chats)


async def _judged(house: House) -> dict[str, tuple[str, str]] | None:
    found = await verdicts(house)
    return found if {f"home {BOB}", f"work {BOB}"} <= found.keys() else None
