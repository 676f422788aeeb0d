"""How an error that was to be expected ends a command: one clear message on standard error."""

from __future__ import annotations

import errno
import json
from typing import cast

import click

from openclaw.cli.output import clean_lines
from openclaw.errors import ConfigInvalid, OpenClawError, PhoneUnusable

# What a file system may say about files that are not ours, or a full disk: the operator's to mend, and no bug.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_OF_THE_MACHINE = (errno.EACCES, errno.EPERM, errno.EROFS, *_NO_ROOM)


def expected(error: BaseException) -> OpenClawError | None:
    """The error to show; ``None`` when ``error`` is, or holds, something nobody foresaw."""
    if isinstance(error, OpenClawError):
        return error
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE and error.filename:
        return OpenClawError(
            f"{error.filename}: {error.strerror}; check whose it is, and the room on the disk"
        )
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        # A write names no file; usually it is where standard output leads.
        return OpenClawError(f"what is to be written finds no place: {error.strerror}; make room on the disk")
    if isinstance(error, BaseExceptionGroup):
        held = cast("BaseExceptionGroup[BaseException]", error).exceptions
        leaves = [expected(one) for one in held]
        return None if None in leaves else leaves[0]
    return None


def report(error: OpenClawError | click.ClickException, *, as_json: bool) -> None:
    """Print what went wrong to standard error, as a sentence or as a JSON object."""
    text = error.format_message() if isinstance(error, click.ClickException) else str(error)
    fix = error.fix if isinstance(error, PhoneUnusable) else ""
    if not as_json:
        click.echo(f"Error: {clean_lines(text)}" + (f"\nFix: {fix}" if fix else ""), err=True)
        return
    body: dict[str, object] = {"error": text}
    if fix:
        body["fix"] = fix
    if isinstance(error, ConfigInvalid):
        body["issues"] = [{"path": issue.path, "message": issue.message} for issue in error.issues]
    click.echo(json.dumps(body), err=True)
