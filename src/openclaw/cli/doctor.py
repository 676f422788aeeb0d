"""`openclaw doctor`: everything that can keep this installation from answering, each with what helps."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, clean_lines, print_json
from openclaw.cli.reach import here
from openclaw.doctor.findings import Finding, Severity, finding_shape, summary
from openclaw.doctor.repairs import Repair, carry_out, sentence
from openclaw.doctor.themes import examine_all
from openclaw.doctor.visit import begin
from openclaw.errors import RepairFailed
from openclaw.logs.unopened import warn_on_stderr

_MARKS = {Severity.OK: "ok", Severity.INFO: "info", Severity.WARNING: "warning", Severity.ERROR: "ERROR"}


@click.command("doctor")
@click.option(
    "--fix", "--repair", "fix", is_flag=True, help="Mend what can be mended without loss; ask before each."
)
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--non-interactive", is_flag=True, help="Never ask; with --fix the same as --yes.")
@click.option("--deep", is_flag=True, help="Read the whole ledger, and ask each provider for its models.")
@click.option("--account", metavar="ID", help="Look at the phone of this account only.")
@as_json_option
def command(
    fix: bool, yes: bool, non_interactive: bool, deep: bool, account: str | None, as_json: bool
) -> None:
    """Look at everything that can keep this installation from answering, and say what helps.

    Configuration, who is let in, file modes, imsg and its permissions, the machine behind SSH, the ledger, the running
    gateway, the agents and this machine. Changes nothing without --fix, which sets file modes, makes missing
    directories and the token, and removes what a killed gateway left. The exit code is 1 when an error remains.
    """
    warn_on_stderr()
    findings = _look(account, deep=deep)
    if not as_json:
        _show(findings)
    done: list[str] = []
    if fix:
        done = _mend(findings, ask=not (yes or non_interactive), quiet=as_json)
        if done:
            findings = _look(account, deep=deep)
    if as_json:
        shapes = [finding_shape(finding) for finding in findings]
        print_json({"findings": shapes, "summary": summary(findings), "repaired": done})
    else:
        _conclude(findings, mended=bool(done), fix=fix)
    sys.exit(1 if any(finding.severity is Severity.ERROR for finding in findings) else 0)


def _look(account: str | None, *, deep: bool) -> list[Finding]:
    visit = begin(here(), os.environ, datetime.now(UTC), account=account, deep=deep)
    return asyncio.run(examine_all(visit))


def _show(findings: Iterable[Finding]) -> None:
    for finding in findings:
        click.echo(f"{_MARKS[finding.severity]:8}{finding.check}: {clean(finding.looked_at)}")
        for line in clean_lines(finding.found).splitlines():
            click.echo(f"        {line}")
        if finding.fix and finding.severity is not Severity.OK:
            can = " (openclaw doctor --fix does it)" if finding.repairs else ""
            click.echo(f"        Fix: {clean(finding.fix)}{can}")


def _conclude(findings: Sequence[Finding], *, mended: bool, fix: bool) -> None:
    counts = summary(findings)
    left = ", ".join(_counted(counts[what], what) for what in ("error", "warning"))
    click.echo(f"\n{'After mending' if mended else 'All in all'}: {left}.")
    if mended:
        _show(finding for finding in findings if finding.severity is Severity.ERROR)
    elif not fix and any(finding.repairs for finding in findings):
        click.echo("Some of it can be mended for you: openclaw doctor --fix")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _mend(findings: Iterable[Finding], *, ask: bool, quiet: bool) -> list[str]:
    """Carry out every repair that is agreed to; what was done, in words."""
    repairs = dict.fromkeys(repair for finding in findings for repair in finding.repairs)
    if not repairs and not quiet:
        click.echo("\nThere is nothing that can be mended without a person.")
    return [done for repair in repairs if (done := _carry_out(repair, ask=ask, quiet=quiet))]


def _carry_out(repair: Repair, *, ask: bool, quiet: bool) -> str:
    what = sentence(repair)
    try:
        if ask and not click.confirm(f"{what[0].upper()}{what[1:]}?", default=True, err=True):
            return ""
        carry_out(repair)
    except click.Abort:
        # The input has ended: nobody agreed.
        return ""
    except RepairFailed as failure:
        click.echo(clean(str(failure)), err=True)
        return ""
    if not quiet:
        click.echo(f"Done: {what}")
    return what
