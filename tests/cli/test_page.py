from __future__ import annotations

import re

from .conftest import Installation, running_gateway


def test_without_a_gateway_there_is_no_page(installation: Installation):
    """The message says what to start (promise 4)."""
    ran = installation.run("page", "--print")
    assert ran.code == 1
    assert "start it: openclaw gateway" in ran.err


async def test_the_address_holds_a_fresh_code_behind_the_hash(installation: Installation):
    """Each call makes another code; a browser keeps what is behind the # to itself (issue: login)."""
    installation.configure({})
    async with running_gateway(installation):
        first = (await installation.run_beside("page", "--print")).out.strip()
        second = (await installation.run_beside("page", "--json")).json["address"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#code=[\w-]{22,}", first)
    assert first != second
