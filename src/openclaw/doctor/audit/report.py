"""The audit of one installation: looking, judging, and mending what may be mended."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from openclaw.config.change import Change, change_file
from openclaw.config.paths import render_path
from openclaw.control.address import HOST, ControlAddress, running_gateway
from openclaw.doctor.audit import exposure, files
from openclaw.doctor.audit.files import AuditedFiles
from openclaw.doctor.audit.findings import AuditCheck, AuditFinding, Level, Setting
from openclaw.doctor.checks.files import FileFacts, Seen
from openclaw.doctor.gather.files import files as gather_files
from openclaw.doctor.repairs import carry_out, sentence
from openclaw.doctor.visit import Visit
from openclaw.errors import ConfigInvalid, OpenClawError, RepairFailed

_ANSWER_S = 5.0
_BY = "openclaw security audit"
# Which groups of the doctor hold keys, and which hold what people said.
_SECRETS = ("variables (.env)", "keys of the original", "earlier configurations")
_CONVERSATIONS = ("ledger", "copies of the ledger", "attachments", "sessions of the original")
_UNAUTHORISED = 401


class EditsConfiguration(Protocol):
    """Changes keys of the file in place, and keeps what it was."""

    def __call__(self, settings: Sequence[Setting]) -> None:
        """Set all of ``settings``, or none; raises an OpenClawError that says why not."""
        ...


def audit(visit: Visit) -> list[AuditFinding]:
    """Every finding, the worst first."""
    found = [*files.judge(audited(gather_files(visit), visit.locations.config_path)), *_configured(visit)]
    if visit.deep:
        found += _looked_at(running_gateway(visit.locations.state_dir))
    order = list(Level)
    return sorted(found, key=lambda finding: order.index(finding.level))


def editing(visit: Visit) -> EditsConfiguration:
    """What sets keys in the configuration of ``visit``, so that `openclaw config undo` takes it back."""

    def edit(settings: Sequence[Setting]) -> None:
        changes = [Change(one.path, one.value) for one in settings]
        change_file(visit.locations, visit.environ, changes, by=_BY)

    return edit


def mend(findings: Iterable[AuditFinding], edit: EditsConfiguration) -> tuple[list[str], list[str]]:
    """Close what can be closed: file modes, then keys of the configuration. What was done, and what was refused."""
    found = list(findings)
    done: list[str] = []
    refused: list[str] = []
    for repair in dict.fromkeys(mode for finding in found for mode in finding.modes):
        try:
            carry_out(repair)
            done.append(sentence(repair))
        except RepairFailed as error:
            refused.append(str(error))
    settings = list(dict.fromkeys(setting for finding in found for setting in finding.settings))
    wanted = [f"set {render_path(one.path)} to {one.value}" for one in settings]
    try:
        if settings:
            edit(settings)
            done += wanted
    except OpenClawError as error:
        refused.append(str(error))
    return done, refused


def audited(found: FileFacts, config: Path) -> AuditedFiles:
    """The doctor's groups of files, by what the audit asks of them."""
    groups = dict(found.groups)
    named = {seen.path: seen for seen in groups.get("configuration", ())}
    return AuditedFiles(
        found.state_dir,
        next(iter(groups.get("state directory", ())), None),
        named.get(config),
        tuple(seen for path, seen in named.items() if path != config),
        groups.get("pairing files", ()),
        (*_all(groups, *_SECRETS), *_tokens(groups.get("address and token", ()))),
        _all(groups, *_CONVERSATIONS),
        groups.get("logs", ()),
    )


def _all(groups: Mapping[str, tuple[Seen, ...]], *names: str) -> tuple[Seen, ...]:
    return tuple(seen for name in names for seen in groups.get(name, ()))


def _tokens(seen: Iterable[Seen]) -> Iterator[Seen]:
    yield from (one for one in seen if one.path.suffix == ".token")


def _configured(visit: Visit) -> Iterator[AuditFinding]:
    if visit.loaded is not None:
        yield from exposure.judge(visit.loaded.config, visit.loaded.document, visit.loaded.environment)
        return
    detail = f"{visit.locations.config_path} cannot be used, so its policies, tools and guards are not known"
    yield AuditFinding(AuditCheck.CONFIG_UNJUDGED, Level.CRITICAL, detail, "openclaw config validate")
    if isinstance(visit.failure, ConfigInvalid):
        # Such a file is refused, so no gateway listens so; whoever wrote it should know what it asks for.
        for issue in visit.failure.issues:
            if issue.path == "gateway.auth.mode":
                detail = f"{issue.path} {issue.message}"
                yield AuditFinding(AuditCheck.BIND_NO_AUTH, Level.CRITICAL, detail, issue.fix)


def _looked_at(gateway: ControlAddress | None) -> Iterator[AuditFinding]:
    """Whether the running gateway turns away who has no token."""
    if gateway is None:
        return
    connection = http.client.HTTPConnection(HOST, gateway.port, timeout=_ANSWER_S)
    try:
        connection.request("GET", "/api/status")
        code = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        detail = f"process {gateway.pid} on port {gateway.port}: {error or type(error).__name__}"
        yield AuditFinding(AuditCheck.PROBE_FAILED, Level.WARN, detail, "openclaw doctor")
        return
    finally:
        connection.close()
    if code != _UNAUTHORISED:
        detail = f"port {gateway.port} answers a request without a token with {code}"
        remediation = f"end process {gateway.pid}: it is no gateway of this program"
        yield AuditFinding(AuditCheck.ANSWERS_ANYBODY, Level.CRITICAL, detail, remediation)
