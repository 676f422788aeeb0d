"""`openclaw channels add|remove`: a phone account more in the configuration, or one less."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from openclaw.cli.answers import Phone
from openclaw.cli.options import as_json_option, named_account
from openclaw.cli.output import clean, print_json
from openclaw.cli.phone_look import look_at_phone
from openclaw.cli.phone_questions import PhoneFlags, ask_phone, told_phone, way_options, wrapped_phone
from openclaw.cli.questions import Option, Talk
from openclaw.cli.reach import here
from openclaw.cli.saving import document_here, dry_run_option, save, shown, yes_option
from openclaw.cli.wrapper_script import put_wrapper
from openclaw.config.account_edits import (
    bindings_of,
    is_moved_by,
    settings_of,
    with_account,
    with_account_off,
    without_account,
)
from openclaw.config.accounts import default_account, resolve_accounts
from openclaw.config.change import Changed
from openclaw.config.grammar import normalise_id, typed_id_error
from openclaw.config.load import load_config
from openclaw.domain.health import ProbeCode
from openclaw.domain.ids import DEFAULT_ACCOUNT

_KEYS = {
    "name": "name",
    "service": "service",
    "region": "region",
}
_OPTIONS = (
    click.option("--name", metavar="TEXT", help="What to call it in lists."),
    click.option("--cli-path", metavar="PATH", help="Path of imsg, or of a wrapper for it."),
    click.option("--db-path", metavar="PATH", help="The Messages database, when it is not the usual one."),
    click.option(
        "--remote-host", "--remote", metavar="USER@HOST", help="The Mac that imsg runs on, reached over SSH."
    ),
    *way_options,
    click.option("--service", type=click.Choice(["imessage", "sms", "auto"]), help="How to send to numbers."),
    click.option("--region", metavar="CC", help="Country of numbers written without +, such as US or DE."),
)


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("add")
@click.option(
    "--channel", type=click.Choice(["imessage"]), default="imessage", help="The channel; there is one only."
)
@click.option(
    "--account",
    metavar="ID",
    callback=named_account,
    help="Its name in the configuration; asked for when it is needed.",
)
@_settings
@dry_run_option
@yes_option
@as_json_option
def add(channel: str, account: str | None, dry_run: bool, assume: bool, as_json: bool, **given: Any) -> None:
    """Add a phone account, or change one.

    Without flags it asks what it needs, looks at imsg, and shows what it will write. With --remote-host it looks at
    imsg, too, and writes the wrapper that leads there unless --cli-path names one. A second account beside settings
    that stand in channels.imessage itself first makes those the account `default`; that is shown before, too.
    """
    talk = Talk(assume=assume, aside=as_json)
    before, asks = document_here(), account is None and all(value in (None, ()) for value in given.values())
    if asks:
        account, settings, phone = _interview(talk)
    else:
        settings, phone = _told(before, normalise_id(account or DEFAULT_ACCOUNT), given)
    probe = None
    if asks or given["remote_host"]:
        # Whoever said everything with flags is not asked whether to look again.
        probe = look_at_phone(talk if asks else Talk(assume=True, aside=as_json), phone)
    if phone.wrapper and not dry_run:
        put_wrapper(phone)
    name = normalise_id(account or DEFAULT_ACCOUNT)
    after = with_account(before, name, settings)
    agree = _agree(talk) if (asks or is_moved_by(before, name)) and not assume else None
    changed = save(before, after, "openclaw channels add", dry_run=dry_run, agree=agree)
    if as_json:
        print_json(_shape(name, changed, dry_run=dry_run) | {"probe": asdict(probe) if probe else None})
        return
    done, where = ("Changed", "in") if settings_of(before, name) else ("Added", "to")
    _tell(f'{done} iMessage account "{name}" {where} {changed.path}.', changed, dry_run=dry_run)
    if not dry_run and (probe is None or probe.code is not ProbeCode.WORKS):
        click.echo("See whether it works: openclaw channels status --probe")


@click.command("remove")
@click.option(
    "--channel", type=click.Choice(["imessage"]), default="imessage", help="The channel; there is one only."
)
@click.option(
    "--account", metavar="ID", callback=named_account, help="Which one; without it the default account."
)
@click.option("--delete", is_flag=True, help="Take its settings out of the file instead of switching it off.")
@dry_run_option
@yes_option
@as_json_option
def remove(
    channel: str, account: str | None, delete: bool, dry_run: bool, assume: bool, as_json: bool
) -> None:
    """Switch a phone account off, after asking; with --delete take its settings out.

    What the ledger holds of it stays either way. The last account can be switched off, not deleted.
    """
    talk = Talk(assume=assume, aside=as_json)
    before = document_here()
    name = normalise_id(account) if account else default_account(load_config(here(), os.environ).config)
    after = without_account(before, name) if delete else with_account_off(before, name)
    question = f"Switch the account {name} off?"
    if not (delete or dry_run or talk.agree(question, default=True)):
        raise click.Abort
    changed = save(before, after, "openclaw channels remove", dry_run=dry_run, replace=delete)
    if as_json:
        print_json(_shape(name, changed, dry_run=dry_run) | {"deleted": delete})
        return
    done = f'Deleted iMessage account "{name}".' if delete else f'Disabled iMessage account "{name}".'
    _tell(done, changed, dry_run=dry_run)
    if named := bindings_of(after, name) if delete else 0:
        click.echo(f"{named} of the bindings name it and match nothing now; see: openclaw agents bindings")


def _told(before: Mapping[str, Any], name: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], Phone]:
    """The settings that the flags amount to, and the phone that the account has then."""
    flags = PhoneFlags(
        imsg=given["cli_path"],
        remote=given["remote_host"],
        db=given["db_path"],
        **{flag: given[flag] for flag in ("port", "identity", "attachments", "attachment_root")},
    )
    known = settings_of(before, name)
    if flags.remote and not (flags.imsg or known.get("cliPath")):
        phone = wrapped_phone(flags, _wrapper_of(name))
    else:
        phone = told_phone(flags, known)
    settings = {key: given[flag] for flag, key in _KEYS.items() if given[flag]}
    return settings | phone.settings(), phone


def _interview(talk: Talk) -> tuple[str, dict[str, Any], Phone]:
    """Ask for everything: the account's name, its settings, and the phone they describe."""
    loaded = load_config(here(), os.environ)
    taken = (
        [account.id for account in resolve_accounts(loaded.config)] if loaded.config.channels.imessage else []
    )
    name = normalise_id(
        talk.text(
            "--account",
            "Name of the account, such as home or work",
            "" if taken else DEFAULT_ACCOUNT,
            lambda text: _name_error(text, taken),
        )
    )
    phone = ask_phone(talk, PhoneFlags(), _wrapper_of(name))
    notify = talk.choose("--yes", "How is an unknown person met there?", _STRANGERS, "silent")
    return name, phone.settings() | {"dmPolicy": "pairing", "pairing": {"notify": notify}}, phone


def _wrapper_of(name: str) -> Path:
    """Each account has a wrapper of its own: the next one may lead to another Mac."""
    return here().scripts / f"imsg-{name}"


_STRANGERS = (
    Option("silent", "in silence", "They notice nothing; you see a request, and approve it or not."),
    Option("challenge", "with a code", "They are sent a code to show you."),
)


def _name_error(text: str, taken: Sequence[str]) -> str | None:
    if not text:
        return "give it a name"
    if problem := typed_id_error(text):
        return problem
    return "there is an account of that name" if normalise_id(text) in taken else None


def _agree(talk: Talk) -> Callable[[str], bool]:
    def agree(difference: str) -> bool:
        talk.tell(f"\n{difference}\n")
        return talk.agree("Write it?", default=True)

    return agree


def _shape(name: str, changed: Changed, *, dry_run: bool) -> dict[str, Any]:
    return {
        "channel": "imessage",
        "accountId": name,
        "path": str(changed.path),
        "changed": changed.changed,
        "dryRun": dry_run,
    }


def _tell(done: str, changed: Changed, *, dry_run: bool) -> None:
    if dry_run:
        click.echo(shown(changed) or "Nothing would change.")
        return
    click.echo(done if changed.changed else "Nothing to change.")
    for warning in changed.warnings:
        click.echo(f"Warning: {clean(warning.path)}: {clean(warning.message)}")
