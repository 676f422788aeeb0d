"""The simulated database that a command is about: its option, its default place, its errors.

Owns what the commands of `openclaw simulator` have in common.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import click

from openclaw.config.locations import locate
from openclaw.simulator import phone
from openclaw.simulator.behaviour import BadSettings
from openclaw.simulator.schema import NotSimulated


def database_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--db`."""
    text = "The simulated Messages database; without it the one in the state directory."
    return click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help=text)(command)


def database_of(chosen: Path | None) -> Path:
    """Return the database that was named, or the one in the state directory."""
    return chosen or locate(os.environ).state_dir / "simulator" / "chat.db"


@contextmanager
def plain_errors() -> Generator[None]:
    """Say what is missing or unusable in a sentence instead of a trace."""
    try:
        yield
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already; name another with --db") from None
    except (FileNotFoundError, NotADirectoryError) as error:
        where = Path(error.filename).parent
        raise click.ClickException(f"{where} is no folder; make it, or name a file elsewhere") from None
    except (NotSimulated, phone.NoSuchChat, BadSettings) as error:
        raise click.ClickException(str(error)) from None
