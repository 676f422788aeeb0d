from __future__ import annotations

from .conftest import Installation, running_gateway


def test_no_turns_are_an_empty_list_for_programs(installation: Installation):
    """`--json` has the shape of the interface (docs/http.md)."""
    installation.fill()
    assert installation.run("turns", "list", "--json").json == {"turns": []}


def test_a_turn_that_nobody_knows_is_said_so(installation: Installation):
    """Cancel and retry name where to look (style 21)."""
    installation.fill()
    for verb in ("cancel", "retry"):
        ran = installation.run("turns", verb, "9")
        assert ran.code == 1
        assert "openclaw turns list" in ran.err


async def test_an_unknown_state_names_the_known_ones(installation: Installation):
    """The running gateway's sentence reaches the terminal."""
    async with running_gateway(installation):
        ran = await installation.run_beside("turns", "list", "--state", "lost")
    assert ran.code == 1
    assert "interrupted" in ran.err
