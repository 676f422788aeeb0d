"""Programs that we run for an agent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.agents.acp.outside import BOUND, environ, gone
from tests.waiting import until

from openclaw.agents.acp.fence import Fence
from openclaw.agents.acp.terminals import MOST_TERMINALS, Command, Terminals, argv_of
from openclaw.errors import ToolFailed


@asynccontextmanager
async def _terminals(folder: Path) -> AsyncGenerator[Terminals]:
    terminals = Terminals(Fence(folder), environ())
    try:
        async with asyncio.timeout(BOUND):
            yield terminals
    finally:
        await terminals.close()


def _python(code: str, limit: int | None = None, cwd: str = "", **more: str) -> Command:
    return Command((sys.executable, "-c", code), more, cwd, limit)


async def test_output_exit_and_surroundings(tmp_path: Path) -> None:
    """Both outputs, the exit code, the folder, and an environment that is the agent's and not ours."""
    (tmp_path / "sub").mkdir()
    code = "import os, sys; print(os.getcwd(), os.environ['X'], len(os.environ) < 9); sys.exit('e')"
    async with _terminals(tmp_path) as terminals:
        name = await terminals.create(_python(code, cwd="sub", X="1"))
        assert await terminals.wait(name) == 1
        output = terminals.output(name)
    assert f"{tmp_path / 'sub'} 1 True\n" in output.text
    assert "e" in output.text
    assert (output.is_cut, output.exit_code) == (False, 1)


async def test_the_end_of_long_output_is_kept(tmp_path: Path) -> None:
    """Cut at the beginning, at a whole character, as the protocol wants it."""
    async with _terminals(tmp_path) as terminals:
        name = await terminals.create(_python("print('é' * 1000 + 'end', end='')", limit=100))
        await terminals.wait(name)
        output = terminals.output(name)
    assert output.is_cut
    assert output.text.endswith("ééend")
    assert len(output.text.encode()) <= 100
    assert "\ufffd" not in output.text


async def test_a_program_outside_of_the_folder_is_not_run(tmp_path: Path) -> None:
    """Neither by name nor by a link; nor one that is not there."""
    (tmp_path / "out").symlink_to("/")
    async with _terminals(tmp_path) as terminals:
        for cwd in ("/", "..", "out"):
            with pytest.raises(ToolFailed, match="inside the folder"):
                await terminals.create(_python("", cwd=cwd))
        with pytest.raises(ToolFailed, match="could not be started"):
            await terminals.create(Command(("/no/such/program",), {}))
        with pytest.raises(ToolFailed, match="no terminal"):
            terminals.output("terminal-99")


async def test_killing_ends_the_program_and_keeps_its_output(tmp_path: Path) -> None:
    """Releasing forgets it."""
    async with _terminals(tmp_path) as terminals:
        name = await terminals.create(
            _python("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
        )

        async def look() -> str:
            return terminals.output(name).text

        pid = int(await until(look, "its first words"))
        await terminals.kill(name)
        assert await terminals.wait(name) == terminals.output(name).exit_code == -15
        await gone(pid)
        assert terminals.output(name).text == f"{pid}\n"
        await terminals.release(name)
        with pytest.raises(ToolFailed):
            terminals.output(name)


async def test_no_more_than_so_many_run_and_all_end_at_once(tmp_path: Path) -> None:
    """Bounded while the session lasts, and nothing is left after it, however deaf it is."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    async with _terminals(tmp_path) as terminals:
        names = [await terminals.create(_python(deaf)) for _ in range(MOST_TERMINALS)]
        with pytest.raises(ToolFailed, match="release one first"):
            await terminals.create(_python(""))
        waiting = [asyncio.ensure_future(terminals.wait(name)) for name in names]
        await asyncio.sleep(0)
        await terminals.close()
        assert {await one for one in waiting} <= {-9, -15}


async def test_a_child_that_left_its_group_does_not_hold_up_the_wait(tmp_path: Path) -> None:
    """It may hold the output open for ever; the program itself has ended."""
    inner = "import time; time.sleep(600)"
    code = (
        "import subprocess, sys; "
        f"print(subprocess.Popen([sys.executable, '-c', {inner!r}], start_new_session=True).pid, flush=True)"
    )
    async with _terminals(tmp_path) as terminals:
        name = await terminals.create(_python(code))
        assert await terminals.wait(name) == 0
        os.kill(int(terminals.output(name).text), signal.SIGKILL)


@pytest.mark.parametrize(
    ("command", "arguments", "argv"),
    [
        ("ls", ["-l", "a b"], ("ls", "-l", "a b")),
        ("git log --format='%h %s'", [], ("git", "log", "--format=%h %s")),
        ("ls; rm -rf /", [], ("ls;", "rm", "-rf", "/")),
        ("my program", ["x"], ("my program", "x")),
    ],
)
def test_a_whole_line_is_parted_and_never_given_to_a_shell(
    command: str, arguments: list[str], argv: tuple[str, ...]
) -> None:
    """Some agents write the line where the program belongs."""
    assert argv_of(command, arguments) == argv


def test_an_open_quote_is_refused() -> None:
    """It cannot be parted."""
    with pytest.raises(ToolFailed, match="cannot be read"):
        argv_of("echo 'x", [])
