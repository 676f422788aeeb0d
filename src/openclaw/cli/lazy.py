"""Groups of commands whose modules are imported when one of them is chosen (decision 001)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what the list of commands says of it."""

    module: str
    attribute: str
    help: str


class LazyGroup(click.Group):
    """A group with commands of its own module and, after them, ``entries`` that are imported when chosen."""

    def __init__(
        self, *args: Any, entries: Mapping[str, Entry] = MappingProxyType({}), **attributes: Any
    ) -> None:
        super().__init__(*args, **attributes)
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the help."""
        return [*self.commands, *self._entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself; this is where its module is imported."""
        if entry := self._entries.get(cmd_name):
            return getattr(importlib.import_module(entry.module), entry.attribute)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with; an unknown one is compared with all that there are."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(
                error.command_name, possibilities=self.list_commands(ctx), ctx=ctx
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from what is known without importing one."""
        own = [(name, one.get_short_help_str(limit=100)) for name, one in self.commands.items()]
        rows = [*own, *((name, entry.help) for name, entry in self._entries.items())]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
