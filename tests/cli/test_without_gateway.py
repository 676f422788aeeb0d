from __future__ import annotations

from openclaw.cli import without_gateway
from openclaw.config.locations import locate

from .conftest import Installation


def test_disabled_accounts_are_listed_and_not_probed(installation: Installation):
    """Every configured account is shown; only what is to run can fail (J.2)."""
    accounts = {"work": {"cliPath": "/nowhere/imsg"}, "home": {"enabled": False, "cliPath": "/nowhere/imsg"}}
    installation.configure({"channels": {"imessage": {"accounts": accounts}}})
    body = without_gateway.channels(locate({"HOME": str(installation.home)}), {}, 5.0)
    shown = {one["accountId"]: one for one in body["channelAccounts"]["imessage"]}
    assert shown["work"]["probe"]["code"] == "imsg-not-found"
    assert "probe" not in shown["home"]


def test_status_of_a_broken_file_names_its_issues(installation: Installation):
    """Never raises: `status` must work exactly when something is wrong (A.4)."""
    installation.configure('{gateway: {port: "x"}}')
    body = without_gateway.status(locate({"HOME": str(installation.home)}), {})
    assert body["config"]["valid"] is False
    assert body["config"]["issues"][0]["path"] == "gateway.port"
