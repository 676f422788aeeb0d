"""Commands that are run to their end."""

from __future__ import annotations

from tests.jsonrpc.children import child

from openclaw.jsonrpc.brief import run_briefly

BOUND = 10.0


async def test_output_and_exit_code_are_told() -> None:
    """Error text of imsg goes to stdout, so both streams and the code are needed (imsg contract 2)."""
    outcome = await run_briefly(child("say('out')\nsys.stderr.write('err')\nsys.exit(3)"), BOUND)

    assert (outcome.output, outcome.stderr, outcome.exit_code) == ("out\n", "err", 3)


async def test_a_command_that_does_not_end_is_ended() -> None:
    """The bound is ours; the exit code stays unknown."""
    outcome = await run_briefly(child("say('begun')\ntime.sleep(600)"), 0.01)

    assert outcome.exit_code is None


async def test_a_command_that_cannot_start_is_an_outcome() -> None:
    """Never raises for a command that misbehaves."""
    outcome = await run_briefly(["/nowhere/imsg"], BOUND)

    assert "could not be started" in outcome.failure
