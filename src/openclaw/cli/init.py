"""`openclaw init`: ask, look at the phone, show what will be written, and write it.

Owns the order and the writing. The questions are in `phone_questions` and `interview`, what the answers amount to in
`answers`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from openclaw.cli.answers import Answers, comments, document, key_variable
from openclaw.cli.interview import EVERYONE, STRANGERS, Flags, ask_access, ask_model
from openclaw.cli.phone_look import look_at_phone
from openclaw.cli.phone_questions import PhoneFlags, ask_phone, way_options
from openclaw.cli.questions import Talk
from openclaw.cli.wrapper_script import put_wrapper
from openclaw.config.environment import variables
from openclaw.config.load import Loaded, check_document
from openclaw.config.locations import Locations, locate
from openclaw.config.private_file import write_private
from openclaw.config.review import review
from openclaw.config.write import format_json5, write_new
from openclaw.domain.health import Probe, ProbeCode

_DOTENV = ".env"
_WRAPPER = "imsg-ssh"
_OVERWRITE = "yes"

_OPTIONS = (
    click.option("--imsg", metavar="PATH", help="Path of imsg, or of a wrapper for it."),
    click.option("--remote", metavar="USER@HOST", help="The Mac that imsg runs on, reached over SSH."),
    *way_options,
    click.option("--db", metavar="PATH", help="The Messages database, when it is not the usual one."),
    click.option("--apple-id", type=click.Choice(["personal", "dedicated"]), help="Whose account it is."),
    click.option(
        "--dm-policy", type=click.Choice(["pairing", "allowlist", "open"]), help="Who may talk to the agent."
    ),
    click.option(
        "--pairing-notify",
        type=click.Choice(["silent", "challenge"]),
        help="Whether an unknown person is sent a code (challenge) or notices nothing (silent).",
    ),
    click.option("--allow", metavar="HANDLE", multiple=True, help="Who may write at once; may be repeated."),
    click.option("--owner", metavar="HANDLE", help="Your own number or mail."),
    click.option("--region", metavar="CC", help="Country of numbers written without +, such as US or DE."),
    click.option(
        "--agent",
        type=click.Choice(["anthropic", "openai", "openrouter", "ollama", "local", "none"]),
        help="Who answers.",
    ),
    click.option("--model", metavar="NAME", help="The model's name with that provider."),
    click.option(
        "--confirm",
        metavar="WORD",
        help=f'On a personal account: "{EVERYONE}" for --dm-policy open, "{STRANGERS}" for codes to strangers.',
    ),
)


def _questions(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("init")
@_questions
@click.option("--yes", "assume", is_flag=True, help="Ask nothing; what no flag says is chosen with caution.")
@click.option("--replace", "overwrite", is_flag=True, help="Write over an existing file; it is kept as .bak.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; questions go to stderr.")
def command(assume: bool, overwrite: bool, as_json: bool, **flags: Any) -> None:
    """Write a first configuration, with questions.

    Each question says what the choice means for the people who write to the account, and each has an option here. imsg
    is looked at, and the file is shown, before anything is written; a key of a provider never stands in it. On a
    personal Apple ID, answering everyone or sending codes to strangers has to be typed out.
    """
    talk = Talk(assume=assume, aside=as_json)
    try:
        of_phone = PhoneFlags(**{field.name: flags.pop(field.name) for field in fields(PhoneFlags)})
        result = _set_up(talk, of_phone, Flags(**flags), locate(os.environ), overwrite=overwrite)
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be written: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))


def _set_up(
    talk: Talk, of_phone: PhoneFlags, flags: Flags, locations: Locations, *, overwrite: bool
) -> dict[str, Any]:
    taken = os.path.lexists(locations.config_path)
    if taken and not overwrite:
        if talk.assume:
            raise click.ClickException(
                f"{locations.config_path} is there already; it was left as it is. Use --replace to write over it"
            )
        talk.say(f"{locations.config_path} is there already. It stays as it is unless you say so at the end.")
    environment, _ = variables({}, os.environ, locations.state_dir)
    with _stopping_means_nothing_written():
        phone = ask_phone(talk, of_phone, locations.scripts / _WRAPPER)
        answers = Answers(phone, ask_access(talk, flags, environment), ask_model(talk, flags, environment))
        loaded = _judged(answers, locations, environment)
        probe = look_at_phone(talk, phone)
        _ask_to_write(talk, answers, locations.config_path, taken=taken and not overwrite)
    backup = _write(answers, locations, replacing=taken)
    talk.tell(f"Wrote {locations.config_path}." + (f" The file before is {backup}." if backup else ""))
    _say_what_next(talk, answers, locations, probe)
    return {
        "path": str(locations.config_path),
        "backup": str(backup) if backup else None,
        "probe": asdict(probe),
        "warnings": [asdict(warning) for warning in (*loaded.warnings, *review(loaded.config))],
        "config": document(answers),
    }


@contextmanager
def _stopping_means_nothing_written() -> Generator[None]:
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        raise click.ClickException("stopped; nothing was written") from None


def _judged(answers: Answers, locations: Locations, environment: Mapping[str, str]) -> Loaded:
    """The configuration as the gateway will read it; raises ConfigInvalid before anything is written."""
    added = {key_variable(answers.model.provider): answers.model.key} if answers.model.key else {}
    return check_document(document(answers), locations, {**environment, **added})


def _ask_to_write(talk: Talk, answers: Answers, path: Path, *, taken: bool) -> None:
    """Show the file and return when it is agreed to; raises click.Abort when it is not."""
    talk.say(f"\nThis goes into {path}:\n\n{format_json5(document(answers), comments(answers))}")
    if taken:
        why = f"{path} is there already and would be kept as {path.name}.bak."
        agreed = talk.typed(_OVERWRITE, why, None, "--replace")
    else:
        agreed = talk.agree("Write it?", default=True)
    if not agreed:
        raise click.Abort


def _write(answers: Answers, locations: Locations, *, replacing: bool) -> Path | None:
    """Put everything in place; return where the configuration before is kept."""
    locations.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The configuration comes last: a run that is cut short before it leaves nothing that is used.
    if answers.phone.wrapper:
        put_wrapper(answers.phone)
    if answers.model.key:
        _keep_key(locations.state_dir / _DOTENV, key_variable(answers.model.provider), answers.model.key)
    return write_new(locations.config_path, document(answers), comments=comments(answers), replace=replacing)


def _keep_key(path: Path, variable: str, key: str) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    write_private(path, f"{before}{variable}={key}\n")


def _say_what_next(talk: Talk, answers: Answers, locations: Locations, probe: Probe) -> None:
    steps = ["openclaw gateway", "write to the account from another phone"]
    if probe.code is not ProbeCode.WORKS:
        steps.insert(0, "openclaw channels status --probe, until imsg works")
    if answers.access.policy == "pairing":
        steps.append("openclaw pairing list imessage, then openclaw pairing approve imessage CODE")
    if not answers.model.provider:
        steps.append(
            f"when there is a model, name it in agents.defaults.model.primary of {locations.config_path}"
        )
    talk.say("\nNext:\n" + "\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1)))
