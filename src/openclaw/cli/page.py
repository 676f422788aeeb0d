"""`openclaw page`: open the page of the running gateway in a browser, logged in."""

from __future__ import annotations

import webbrowser

import click

from openclaw.cli.output import print_json
from openclaw.cli.reach import here, page_code
from openclaw.control.address import HOST, running_gateway
from openclaw.errors import ControlUnreachable


@click.command("page")
@click.option("--print", "only_print", is_flag=True, help="Print the address and open nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON and open nothing.")
def command(only_print: bool, as_json: bool) -> None:
    """Open the page of the running gateway in the browser of this machine.

    The address holds a code that logs one browser in, once, within a minute. It stands behind the #, which browsers
    keep to themselves, so it gets into no log.
    """
    gateway = running_gateway(here().state_dir)
    if gateway is None:
        raise ControlUnreachable(f"no gateway runs on {here().state_dir}; start it: openclaw gateway")
    made = page_code(gateway)
    address = f"http://{HOST}:{gateway.port}/#code={made['code']}"
    if as_json:
        print_json({"address": address, "expiresInSeconds": made["expiresInSeconds"]})
    elif only_print or not webbrowser.open(address):
        click.echo(address)
