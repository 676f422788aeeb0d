"""One gateway per state directory."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from openclaw.errors import StateDirectoryBusy
from openclaw.store import lock_state
from openclaw.store.lock import FILE_NAME, holder_of

HOLD = """
import sys
from pathlib import Path
from openclaw.store import lock_state
with lock_state(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_the_first_ones_pid(tmp_path: Path) -> None:
    """A second gateway names the first one's pid (design section 4, SQLite); the lock dies with its holder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with (
            pytest.raises(StateDirectoryBusy, match=f"process {holder.pid} already runs") as refused,
            lock_state(tmp_path),
        ):
            pass
        assert refused.value.pid == holder.pid
        assert str(tmp_path) in str(refused.value)

        holder.kill()
        holder.wait(20)

    with lock_state(tmp_path):
        pass


def test_the_lock_is_free_again_after_its_context(tmp_path: Path) -> None:
    """Holding ends with the context, and the directory is made when it is not there."""
    directory = tmp_path / "new"

    for _ in range(2):
        with lock_state(directory):
            pass

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / FILE_NAME).stat().st_mode) == 0o600


def test_a_lock_file_without_a_pid_still_refuses(tmp_path: Path) -> None:
    """Between locking and writing its pid a holder has no name yet."""
    with lock_state(tmp_path):
        (tmp_path / FILE_NAME).write_text("")
        with pytest.raises(StateDirectoryBusy, match="another process") as refused, lock_state(tmp_path):
            pass

    assert refused.value.pid is None


def test_who_holds_a_directory_can_be_asked(tmp_path: Path) -> None:
    """By its number while it lives; nobody before the first start and after the last end; asking takes nothing."""
    assert holder_of(tmp_path) is None
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert holder_of(tmp_path) == holder.pid
    assert holder_of(tmp_path) is None
    with lock_state(tmp_path):
        pass
