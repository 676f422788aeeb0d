"""A page of the manual about a deployment, followed to the letter: its blocks run on the machine that they are for.

What is simulated: the Macs behind real SSH servers, their Homebrew, which has one formula, and the person, who compares
fingerprints and knows the password. A person's paths below ``/Users/bot`` are those of the test.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyjson5
from tests.journeys.house import Ended, House
from tests.ssh_server import FarMac, open_far_mac
from tests.waiting import BOUND_S

from openclaw.simulator import phone

DOCS = Path(__file__).parents[2] / "docs"
ON_THE_MAC, ON_THE_GATEWAY = "On the Mac", "On the gateway's machine"

_PASSWORD = "what the person types"
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (.+?) \| `(.+?)`: (.+?) \|$", re.MULTILINE)
_ENTER = "\n" * 30


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in fences on a page, in its order."""

    text: str

    def blocks(self, language: str, heading: str | None = None) -> list[str]:
        """The blocks in ``language``, below ``heading`` if one is given."""
        parts = _HEADING.split(self.text)
        sections = dict(zip(parts[1::2], parts[2::2], strict=True))
        text = self.text if heading is None else sections[heading]
        return [body for kind, body in _BLOCK.findall(text) if kind == language]

    def findings(self) -> dict[str, tuple[str, str]]:
        """The rows of a table of what the doctor says: check and words, by what is missing."""
        return {missing: (check, words) for missing, check, words in _ROW.findall(self.text)}


def read_page(name: str) -> Page:
    """A page of the manual."""
    return Page((DOCS / name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Office(House):
    """The gateway's machine, on which nothing is set up, with Macs that it does not know yet."""

    macs: dict[str, FarMac] = field(default_factory=dict[str, FarMac])

    @property
    def state(self) -> Path:
        """Where a person has it."""
        return self.root / ".openclaw"

    @property
    def bin(self) -> Path:
        """What is installed here: openclaw, and the ssh that finds the Macs."""
        return self.root / "bin"

    @property
    def environ(self) -> dict[str, str]:
        """With a person who answers ssh, and a key for a provider."""
        known = House.environ.__get__(self) | {
            "SSH_ASKPASS": str(self.bin / "person"),
            "SSH_ASKPASS_REQUIRE": "force",
            "OPENAI_API_KEY": "key",
        }
        return known | {"PATH": f"{self.bin}:{known['PATH']}"}

    def local(self, text: str) -> str:
        """``text`` of a page with the paths of this test; of several Macs the last one has files."""
        far = list(self.macs.values())[-1]
        return text.replace("/Users/bot", str(far.home))

    async def follow(self, page: Page) -> list[Ended]:
        """Run what the page says, first on each Mac and then here; every command must end well."""
        for block in page.blocks("bash", ON_THE_MAC):
            for mac in self.macs.values():
                await _run(block, mac.environ)
        return [await _run(self.local(block), self.environ) for block in page.blocks("bash", ON_THE_GATEWAY)]

    def written(self) -> Any:
        """The configuration."""
        return pyjson5.decode((self.state / "openclaw.json").read_text())

    def promised(self, page: Page) -> Any:
        """The configuration that the page shows."""
        [block] = page.blocks("json5")
        return pyjson5.decode(self.local(block).replace('"~/', f'"{self.root}/'))


@asynccontextmanager
async def open_office(root: Path, *names: str) -> AsyncGenerator[Office]:
    """A machine without a gateway, and a Mac for each of ``names``, which ssh reaches by it."""
    office = Office(root)
    office.bin.mkdir()
    async with AsyncExitStack() as stack:
        for name in names:
            mac = await stack.enter_async_context(open_far_mac(root / f"far-{name}", name=name))
            office.macs[name] = _furnish(mac)
        _install(office)
        yield office


def database_of(mac: FarMac) -> Path:
    """The messages of the user there."""
    return mac.home / "Library/Messages/chat.db"


def lacks(expected: Any, found: Any, at: str = "") -> list[str]:
    """Where ``found`` does not have what ``expected`` shows; what it has besides does not matter."""
    if not isinstance(expected, dict):
        return [] if expected == found else [f"{at}: {found!r}, not {expected!r}"]
    shown: dict[str, Any] = expected
    had: Any = found if isinstance(found, dict) else {}
    return [lack for key, value in shown.items() for lack in lacks(value, had.get(key), f"{at}.{key}")]


def _furnish(mac: FarMac) -> FarMac:
    """Messages is signed in, and Homebrew is there; nobody was let in, and nobody knows the Mac."""
    mac.forget_host()
    mac.shut_out()
    mac.password = _PASSWORD
    phone.create_database(database_of(mac))
    Path(f"{database_of(mac)}.simulator.json").write_text('{"debounceMs": 0, "pollMs": 20}')
    imsg = mac.root / "imsg"
    imsg.write_text(
        f'#!/bin/sh\nIMSG_SIMULATOR_DB="{database_of(mac)}"\nexport IMSG_SIMULATOR_DB\n'
        f'exec "{sys.executable}" -m openclaw.simulator.imsg "$@"\n'
    )
    imsg.chmod(0o755)
    mac.install("brew", f'[ "$*" = "install steipete/tap/imsg" ] && cp "{imsg}" "$HOME/bin/imsg"')
    return mac


def _install(office: Office) -> None:
    config = office.root / "ssh_config"
    config.write_text("".join(mac.config.read_text() for mac in office.macs.values()))
    programs = {
        "openclaw": f'exec "{sys.executable}" -m openclaw "$@"',
        "ssh": f'exec {shutil.which("ssh")} -F {config} "$@"',
        "person": f'case "$1" in *fingerprint*) echo yes;; *assword*) echo "{_PASSWORD}";; *) exit 1;; esac',
    }
    for name, script in programs.items():
        (office.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (office.bin / name).chmod(0o755)


async def _run(block: str, environ: dict[str, str]) -> Ended:
    """A block as a person runs it: line by line until one fails, with Enter for each question."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-e", "-c", block, env=environ, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    async with asyncio.timeout(3 * BOUND_S):
        out, err = await process.communicate(_ENTER.encode())
    ended = Ended(process.returncode or 0, out.decode(), err.decode())
    assert ended.code == 0, f"{block}\n{ended.out}\n{ended.err}"
    return ended
