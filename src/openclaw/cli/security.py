"""`openclaw security audit`: who could get in, and at what."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, print_json
from openclaw.cli.reach import here
from openclaw.control.shapes import iso
from openclaw.doctor.audit.findings import AuditFinding, Level, audit_shape, counts
from openclaw.doctor.audit.report import audit, editing, mend
from openclaw.doctor.visit import Visit, begin


@click.command("audit")
@click.option(
    "--deep", is_flag=True, help="Also try whether the running gateway turns away who has no token."
)
@click.option("--fix", is_flag=True, help="Close what can be closed: file modes, open groups, redaction.")
@as_json_option
def command(deep: bool, fix: bool, as_json: bool) -> None:
    """Name every door that is open: files, the gateway, policies, tools, and guards that are switched off.

    --fix takes rights away from files, sets open group policies to allowlist, and keeps secrets out of the log again;
    nothing else. The exit code is 1 when something critical remains.
    """
    visit = _visit(deep)
    findings = audit(visit)
    done: list[str] = []
    refused: list[str] = []
    if fix:
        done, refused = mend(findings, editing(visit))
        findings = audit(_visit(deep)) if done else findings
    if as_json:
        shapes = [audit_shape(finding) for finding in findings]
        body = {"ts": iso(visit.now), "summary": counts(findings), "findings": shapes}
        print_json(body | ({"fixed": done, "refused": refused} if fix else {}))
    else:
        _show(findings, done, refused)
    sys.exit(1 if any(finding.level is Level.CRITICAL for finding in findings) else 0)


def _visit(deep: bool) -> Visit:
    return begin(here(), os.environ, datetime.now(UTC), deep=deep)


def _show(findings: list[AuditFinding], done: Iterable[str], refused: Iterable[str]) -> None:
    for what in done:
        click.echo(f"Done: {clean(what)}")
    for what in refused:
        click.echo(f"Refused: {clean(what)}", err=True)
    for finding in findings:
        click.echo(f"{finding.level:9}{finding.check}: {finding.check.says}")
        click.echo(f"         {clean(finding.detail)}")
        if finding.remediation:
            click.echo(f"         Fix: {clean(finding.remediation)}")
    found = counts(findings)
    click.echo(
        f"\n{found[Level.CRITICAL]} critical, {found[Level.WARN]} warnings, {found[Level.INFO]} to know."
    )
    if any(finding.is_fixable for finding in findings):
        click.echo("Some of it can be closed for you: openclaw security audit --fix")
