"""`openclaw approvals`: what outside agents ask to be allowed, and answering them."""

from __future__ import annotations

import click

from openclaw.cli.options import as_json_option
from openclaw.cli.output import clean, local_time, print_json, print_table, shorten
from openclaw.cli.reach import change, here, perform
from openclaw.control.address import running_gateway
from openclaw.errors import ControlUnreachable

_LONGEST_SHOWN = 200
_SAYS = {
    "allow-once": "Allowed once",
    "allow-always": "Allowed for the rest of its session",
    "deny": "Denied",
}


@click.group("approvals")
def group() -> None:
    """Answer agents that ask for permission.

    A program that answers as an agent asks before it does what its mode does not allow by itself. Its turn waits for
    the answer, and takes none for a no.
    """


@group.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """List what agents ask, the oldest first."""
    body = perform("approvals").body
    if as_json:
        print_json(body)
    elif not body["requests"]:
        click.echo("No agent asks for anything.")
    else:
        rows = [
            (
                one["code"],
                shorten(one["says"], _LONGEST_SHOWN),
                one["accountId"],
                one["chatKey"],
                local_time(one["askedAt"]),
                local_time(one["expiresAt"]),
            )
            for one in body["requests"]
        ]
        print_table(("Code", "What", "Account", "Chat", "Asked", "Until"), rows)


@group.command()
@click.argument("code")
@click.option("--always", is_flag=True, help="And the same again, for the rest of its session.")
@as_json_option
def allow(code: str, always: bool, as_json: bool) -> None:
    """Allow what is asked with CODE: once, or with --always from now on where the agent offers that."""
    _answer("approvals/always" if always else "approvals/allow", code, as_json=as_json)


@group.command()
@click.argument("code")
@as_json_option
def deny(code: str, as_json: bool) -> None:
    """Deny what is asked with CODE. The agent goes on without it."""
    _answer("approvals/deny", code, as_json=as_json)


def _answer(order: str, code: str, *, as_json: bool) -> None:
    if running_gateway(here().state_dir) is None:
        raise ControlUnreachable("no gateway is running, so that no agent waits for an answer")
    body = change(order, code=code).body
    if as_json:
        print_json(body)
    else:
        click.echo(f"{_SAYS[body['decision']]}: {clean(body['agent'])}, {body['code']}.")
