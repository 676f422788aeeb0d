from __future__ import annotations

import click
import pytest

from openclaw.cli import groups


@pytest.mark.parametrize("group", [groups.config, groups.security, groups.agents], ids=lambda one: one.name)
def test_each_entry_leads_to_the_command_of_its_name(group: click.Group) -> None:
    """A list that is not made from the commands must not differ from them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
