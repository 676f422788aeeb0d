"""Options that many commands take, each with one wording and one bound. Knows no command."""

from __future__ import annotations

import click

from openclaw.config.grammar import typed_id_error


def named_account(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """The callback of ``--account``: a name of which nothing is left would mean the default account unasked."""
    if text is not None and (problem := typed_id_error(text)):
        raise click.BadParameter(f"{problem}, not {text!r}")
    return text


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""Prints the answer as JSON; the command gets ``as_json``."""

limit_option = click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most."
)
"""Bounds a list; the command gets ``limit``."""

bindings_option = click.option("--bindings", is_flag=True, help="Show also what each agent answers.")
"""Shows routes beside agents; the command gets ``bindings``."""
