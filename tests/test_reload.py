"""Changes of the configuration's files: judged whole, taken or refused, and told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.making import NOON
from tests.waiting import BOUND_S, until

from openclaw.assembly import Plan, make_plan
from openclaw.config.load import load_config
from openclaw.config.locations import Locations
from openclaw.config.standing import ConfigStanding
from openclaw.reload import Reloader

QUICK = {"reload": {"debounceMs": 1}}


@dataclass
class Installation:
    """A configuration on disk, and what a reloader did about it."""

    home: Path
    taken: list[Plan] = field(default_factory=list[Plan])
    restarts: int = 0
    told: list[ConfigStanding] = field(default_factory=list[ConfigStanding])

    @property
    def locations(self) -> Locations:
        return Locations(self.home, self.home, self.home / "openclaw.json")

    def write(self, text: str, name: str = "openclaw.json") -> None:
        """Put a file in its place at once, as an editor does."""
        (self.home / "staged").write_text(text)
        (self.home / "staged").replace(self.home / name)

    def configure(self, **sections: Any) -> None:
        self.write(json.dumps({"gateway": QUICK} | sections))

    def reloader(self, environ: Mapping[str, str] | None = None) -> Reloader:
        async def take(_before: Plan, plan: Plan) -> None:
            self.taken.append(plan)

        def restart() -> None:
            self.restarts += 1

        plan = make_plan(load_config(self.locations, {}))
        return Reloader(
            plan, {} if environ is None else environ, take, restart, lambda: NOON, self.told.append
        )


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    made.configure()
    return made


@asynccontextmanager
async def watching(reloader: Reloader) -> AsyncGenerator[None]:
    task = asyncio.create_task(reloader.run())
    try:
        yield
    finally:
        task.cancel()
        async with asyncio.timeout(BOUND_S):
            await asyncio.wait([task])


async def test_an_edit_is_taken_into_force_by_itself(installation: Installation) -> None:
    """Issue: hot reload; an editor puts another file in the place of the old one."""
    reloader = installation.reloader()
    async with watching(reloader):
        installation.configure(channels={"imessage": {"dmPolicy": "disabled"}})

        async def taken() -> bool:
            return bool(installation.taken)

        await until(taken, "the edit is taken")
    [plan] = installation.taken
    assert plan.accounts[0].dm_policy == "disabled"
    assert reloader.plan is plan
    assert reloader.standing.refused_at is None


async def test_an_edit_of_an_included_file_or_of_the_variables_counts_too(installation: Installation) -> None:
    """Facts A.2 and A.3: they are the configuration as much as the file itself."""
    installation.write("{ dmPolicy: 'disabled', name: '${NAME}' }", "phone.json5")
    installation.write("NAME=one", ".env")
    installation.configure(channels={"imessage": {"$include": "./phone.json5"}})
    reloader = installation.reloader()
    async with watching(reloader):
        installation.write("{ dmPolicy: 'pairing', name: '${NAME}' }", "phone.json5")
        await until(lambda: _count(installation, 1), "the included file is read again")
        installation.write("NAME=two", ".env")
        await until(lambda: _count(installation, 2), "the variables are read again")

    accounts = [plan.accounts[0] for plan in installation.taken]
    assert [(one.dm_policy, one.name) for one in accounts] == [("pairing", "one"), ("pairing", "two")]


async def _count(installation: Installation, count: int) -> bool:
    return len(installation.taken) == count


async def test_an_edit_that_breaks_rules_changes_nothing_and_is_told(installation: Installation) -> None:
    """Issue: the running configuration stays in force, the file is left alone, and it is said everywhere."""
    reloader = installation.reloader()
    broken = '{ "channels": { "imessage": { "dmPolcy": "open" } } }'
    installation.write(broken)

    standing = await reloader.look()

    assert installation.taken == []
    assert standing.refused_at == NOON
    assert [issue.path for issue in standing.issues] == ["channels.imessage.dmPolcy"]
    assert (installation.home / "openclaw.json").read_text() == broken
    assert installation.told == [standing]


async def test_a_pattern_that_cannot_be_used_is_refused_as_well(installation: Installation) -> None:
    """It shows only when it is compiled, and must not take the running gateway down."""
    reloader = installation.reloader()
    installation.configure(messages={"groupChat": {"mentionPatterns": ["(?=look)"]}})
    standing = await reloader.look()
    assert standing.refused_at is not None
    assert installation.taken == []


@pytest.mark.parametrize(
    "section",
    [
        {"messages": {"$include": "a\0b"}},
        {"messages": {"$include": "loop"}},
        {"messages": {"$include": "x" * 5000}},
        {"messages": {"late": {"afterMinutes": 10**30}}},
        {"messages": {"queue": {"debounceMs": 10**30}}},
        {"store": {"retentionDays": 10**9}},
        {"acp": {"runtime": {"ttlMinutes": 10**30}}},
        {"agents": {"defaults": {"workspace": "a\0b"}}},
        {"mcp": {"servers": {"a": {"url": "http://["}}}},
        {"channels": {"imessage": {"accounts": {"a": {"dbPath": "\0"}, "b": {"cliPath": "other"}}}}},
    ],
    ids=str,
)
async def test_no_edit_takes_a_running_gateway_down(
    installation: Installation, section: dict[str, Any]
) -> None:
    """Issue: what ran before stays in force, whatever is in the file."""
    (installation.home / "loop").symlink_to("loop")
    reloader = installation.reloader()
    installation.configure(**section)
    standing = await reloader.look()
    assert (standing.refused_at, installation.taken) == (NOON, [])


async def test_a_workspace_that_is_a_link_in_a_circle_is_taken(installation: Installation) -> None:
    """It is no rule of the file that is broken; the agent's tools say so when they are used."""
    (installation.home / "loop").symlink_to("loop")
    reloader = installation.reloader()
    installation.configure(agents={"defaults": {"workspace": str(installation.home / "loop")}})
    await reloader.look()
    assert len(installation.taken) == 1


async def test_a_mistake_of_ours_refuses_the_edit_and_nothing_else(installation: Installation) -> None:
    """The gateway goes on with what it has; the edit counts once it can be judged."""

    class Environ(dict[str, str]):
        broken = True

        def items(self) -> Any:
            if self.broken:
                raise RuntimeError("a mistake")
            return super().items()

    environ = Environ()
    reloader = installation.reloader(environ)
    installation.configure(messages={"responsePrefix": "x"})
    standing = await reloader.look()
    assert (standing.refused_at, installation.taken) == (NOON, [])
    assert "could not be judged" in standing.issues[0].message
    environ.broken = False
    assert (await reloader.look()).refused_at is None
    assert len(installation.taken) == 1


async def test_what_is_mended_is_told_once_and_taken_only_when_it_differs(installation: Installation) -> None:
    """Back to the text of before: nothing is taken anew, and nobody is warned any more."""
    reloader = installation.reloader()
    installation.write("{ broken")
    await reloader.look()
    await reloader.look()
    installation.configure()

    standing = await reloader.look()

    assert (standing.refused_at, standing.issues) == (None, ())
    assert installation.taken == []
    assert [one.refused_at for one in installation.told] == [NOON, None]


async def test_a_port_needs_a_new_start(installation: Installation) -> None:
    """``gateway.reload.mode`` hybrid: what cannot be changed in a running gateway begins it anew."""
    reloader = installation.reloader()
    installation.configure(gateway=QUICK | {"port": 19000})
    await reloader.look()
    assert (installation.restarts, installation.taken) == (1, [])


async def test_a_gateway_is_not_sent_elsewhere_while_it_runs(installation: Installation) -> None:
    """No start would take such a file, so a new start for it would be followed by the next one, without end."""
    installation.configure()
    reloader = installation.reloader()
    installation.configure(gateway=QUICK | {"mode": "remote"})
    standing = await reloader.look()
    assert installation.restarts == 0
    assert [issue.path for issue in standing.issues] == ["gateway.mode"]


async def test_a_hot_gateway_takes_the_rest_and_says_what_waits(installation: Installation) -> None:
    """``hot``: never begun anew by itself; what waits for a start is told."""
    hot = {"reload": {"mode": "hot", "debounceMs": 1}}
    installation.configure(gateway=hot)
    reloader = installation.reloader()
    installation.configure(gateway=hot | {"port": 19000}, channels={"imessage": {"dmPolicy": "disabled"}})

    standing = await reloader.look()

    assert installation.restarts == 0
    assert len(installation.taken) == 1
    assert standing.awaits_restart == ("gateway.port",)


async def test_mode_restart_begins_anew_for_any_change(installation: Installation) -> None:
    """``restart``: nothing is changed in a running gateway."""
    mode = {"reload": {"mode": "restart", "debounceMs": 1}}
    installation.configure(gateway=mode)
    reloader = installation.reloader()
    installation.configure(gateway=mode, channels={"imessage": {"dmPolicy": "disabled"}})
    await reloader.look()
    assert (installation.restarts, installation.taken) == (1, [])


async def test_mode_off_watches_nothing(installation: Installation) -> None:
    """``off``: an edit counts from the next start, or when somebody asks for a look."""
    installation.configure(gateway={"reload": {"mode": "off"}})
    async with asyncio.timeout(BOUND_S):
        await installation.reloader().run()


async def test_a_file_that_everybody_may_write_is_not_followed_until_it_is_closed(
    installation: Installation,
) -> None:
    """Loose modes (issue 5, hostile input): what ran before stays in force, and closing the file is enough."""
    reloader, path = installation.reloader(), installation.locations.config_path
    async with watching(reloader):
        (installation.home / "staged").touch(mode=0o666)
        (installation.home / "staged").chmod(0o666)
        installation.configure(channels={"imessage": {"dmPolicy": "disabled"}})

        async def refused() -> bool:
            return reloader.standing.refused_at is not None

        await until(refused, "the edit is refused")
        assert not installation.taken
        assert str(path) in reloader.standing.issues[0].path
        path.chmod(0o600)

        async def taken() -> bool:
            return bool(installation.taken)

        await until(taken, "the edit is taken")
    assert reloader.standing.refused_at is None
