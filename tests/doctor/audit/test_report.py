"""The audit of a whole installation, and what --fix does."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.conftest import Installation, running_gateway
from tests.doctor.installing import install, visit_to
from tests.journeys.house import free_port

from openclaw.config.undo import undo
from openclaw.control.address import ControlAddress, publish
from openclaw.doctor.audit.findings import AuditCheck, Level, Setting
from openclaw.doctor.audit.report import audit, editing, mend
from openclaw.errors import ConfigUnreadable

OPEN = {"channels": {"imessage": {"groupPolicy": "open"}}, "logging": {"redactSensitive": "off"}}
CLOSING = [
    Setting(("channels", "imessage", "groupPolicy"), "allowlist"),
    Setting(("logging", "redactSensitive"), "tools"),
]


@dataclass
class Editor:
    """Keeps what it was asked to set, or refuses."""

    refusal: str = ""
    asked: list[Setting] = field(default_factory=list)

    def __call__(self, settings: Sequence[Setting]) -> None:
        if self.refusal:
            raise ConfigUnreadable(self.refusal)
        self.asked += settings


def test_the_worst_comes_first(tmp_path: Path) -> None:
    """Files and configuration in one list."""
    state_dir, environ = install(tmp_path, OPEN)
    (state_dir / "openclaw.json").chmod(0o644)
    (state_dir / ".env").touch()
    (state_dir / ".env").chmod(0o640)
    found = audit(visit_to(environ))
    levels = [one.level for one in found]
    assert levels == sorted(levels, key=list(Level).index)
    checks = {one.check for one in found}
    assert {AuditCheck.CONFIG_WORLD_READABLE, AuditCheck.SECRETS_READABLE, AuditCheck.GROUPS_OPEN} <= checks


def test_what_the_original_left_is_looked_at_too(tmp_path: Path) -> None:
    """Its sessions and keys lie in the same state directory (behaviour facts L.2), and are as private as ever."""
    state_dir, environ = install(tmp_path, {})
    for name in ("sessions/one.jsonl", "sessions/sessions.json", "agent/auth-profiles.json"):
        path = state_dir / "agents" / "main" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(0o644)
    found = [one.check for one in audit(visit_to(environ))]
    assert found.count(AuditCheck.SESSIONS_READABLE) == 2
    assert found.count(AuditCheck.SECRETS_READABLE) == 1


def test_modes_and_keys_are_closed(tmp_path: Path) -> None:
    """All keys in one change of the file, each once; nothing else is asked of it."""
    state_dir, environ = install(tmp_path, OPEN)
    state_dir.chmod(0o755)
    editor = Editor()
    done, refused = mend(audit(visit_to(environ)), editor)
    assert stat.S_IMODE(state_dir.stat().st_mode) == 0o700
    assert sorted(editor.asked, key=lambda one: one.path) == CLOSING
    assert len(done) == 3
    assert refused == []


def test_what_is_refused_is_told_and_the_rest_is_done(tmp_path: Path) -> None:
    """A file that cannot be edited keeps no mode from being closed."""
    state_dir, environ = install(tmp_path, OPEN)
    state_dir.chmod(0o755)
    done, refused = mend(audit(visit_to(environ)), Editor("it has includes"))
    assert (len(done), refused) == (1, ["it has includes"])


def test_keys_are_set_in_the_file_itself(tmp_path: Path) -> None:
    """What else stands in it stays, and the change can be taken back."""
    _, environ = install(
        tmp_path,
        '{ // mine\n  channels: { imessage: { groupPolicy: "open" } }, logging: { redactSensitive: "off" } }',
    )
    visit = visit_to(environ)
    done, refused = mend(audit(visit), editing(visit))
    text = visit.locations.config_path.read_text()
    assert (len(done), refused) == (2, [])
    assert "// mine" in text
    after = visit_to(environ)
    assert not [one for one in audit(after) if one.is_fixable]
    undo(after.locations, environ, by="test")
    assert AuditCheck.GROUPS_OPEN in [one.check for one in audit(visit_to(environ))]


def test_a_door_without_a_lock_is_told_although_the_file_is_refused(tmp_path: Path) -> None:
    """Behaviour facts L.3, gateway.bind_no_auth: no gateway starts so, and its writer should know why."""
    _, environ = install(tmp_path, {"gateway": {"bind": "lan", "auth": {"mode": "none"}}})
    assert [(one.check, one.level) for one in audit(visit_to(environ))] == [
        (AuditCheck.CONFIG_UNJUDGED, Level.CRITICAL),
        (AuditCheck.BIND_NO_AUTH, Level.CRITICAL),
    ]


def test_a_file_that_cannot_be_used_is_no_clean_bill(tmp_path: Path) -> None:
    """Nothing found is not nothing open: no policy was looked at."""
    _, environ = install(tmp_path, "{")
    [finding] = audit(visit_to(environ))
    assert (finding.check, finding.level) == (AuditCheck.CONFIG_UNJUDGED, Level.CRITICAL)
    assert finding.remediation == "openclaw config validate"


async def test_a_gateway_that_asks_for_its_token_is_not_spoken_of(tmp_path: Path) -> None:
    """--deep tries it once without."""
    installation = Installation(tmp_path)
    async with running_gateway(installation):
        found = await asyncio.to_thread(audit, visit_to({"HOME": str(tmp_path)}, deep=True))
    assert not {one.check for one in found} & {AuditCheck.ANSWERS_ANYBODY, AuditCheck.PROBE_FAILED}


async def test_who_answers_anybody_in_the_gateways_place_is_critical(tmp_path: Path) -> None:
    """Another program took the port, say, and the address was left behind."""
    state_dir, environ = install(tmp_path, {})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        publish(ControlAddress(os.getpid(), server.sockets[0].getsockname()[1], "", ""), state_dir)
        found = await asyncio.to_thread(audit, visit_to(environ, deep=True))
    assert (AuditCheck.ANSWERS_ANYBODY, Level.CRITICAL) in [(one.check, one.level) for one in found]


def test_a_gateway_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    """Only by --deep, which alone looks."""
    state_dir, environ = install(tmp_path, {})
    publish(ControlAddress(os.getpid(), free_port(), "", ""), state_dir)
    assert AuditCheck.PROBE_FAILED in [one.check for one in audit(visit_to(environ, deep=True))]
    assert AuditCheck.PROBE_FAILED not in [one.check for one in audit(visit_to(environ))]
