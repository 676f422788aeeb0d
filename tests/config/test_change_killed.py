"""Writers that are killed at every moment, and writers at the same time: real processes, real files."""

from __future__ import annotations

import os
import subprocess
import sys

from openclaw.config.change import Change, change_file
from openclaw.config.history import DIRECTORY, past_changes
from openclaw.config.locations import Locations
from openclaw.config.undo import undo

BOUND_S = 60.0
OLD = "{\n  // mine\n  gateway: { port: 4000 },\n}\n"
NEW = OLD.replace("4000", "4001")

# The interpreter announces each look at the file system before it does it: there the process is killed.
KILLED = """
import os, signal, sys
from pathlib import Path
from openclaw.config.change import Change, change_file
from openclaw.config.locations import Locations

state, last = Path(sys.argv[1]), int(sys.argv[2])
place = Locations(home=state, state_dir=state, config_path=state / "openclaw.json")
seen = 0

def watch(event, arguments):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.chmod", "os.chown", "os.mkdir", "os.scandir", "fcntl.flock"):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
change_file(place, {}, [Change(("gateway", "port"), 4001)], by="cli")
"""

MANY = """
import sys
from pathlib import Path
from openclaw.config.change import Change, change_file
from openclaw.config.locations import Locations

state, name = Path(sys.argv[1]), sys.argv[2]
place = Locations(home=state, state_dir=state, config_path=state / "openclaw.json")
for number in range(5):
    path = ("channels", "imessage", "groups", f"{name}{number}", "requireMention")
    change_file(place, {}, [Change(path, True)], by=name)
"""


FULL = """
import resource, signal, sys
from pathlib import Path
from openclaw.config.change import Change, change_file
from openclaw.config.locations import Locations
from openclaw.errors import ConfigRefused

home, limit = Path(sys.argv[1]), int(sys.argv[2])
place = Locations(home=home, state_dir=home / "state", config_path=home / "openclaw.json")
# A file that may not grow is written like one on a full disk.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    change_file(place, {}, [Change(("messages", "responsePrefix"), "x" * 600)], by="cli")
except ConfigRefused as error:
    sys.exit(f"refused: {error}")
"""


def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_else(tmp_path):
    """Wherever it becomes full: what was half written may hold secrets, and is gone again."""
    where = set()
    for limit in range(0, 1000, 100):
        home = tmp_path / str(limit)
        home.mkdir()
        config = home / "openclaw.json"
        config.write_text(OLD)
        child = subprocess.run(
            [sys.executable, "-c", FULL, home, str(limit)], capture_output=True, text=True, timeout=BOUND_S
        )
        if child.returncode:
            where.add("history" if DIRECTORY in child.stderr else "file")
            assert "Make room" in child.stderr
            assert config.read_text() == OLD
        assert [path.name for path in home.iterdir() if path.is_file()] == ["openclaw.json"]
        assert not list(home.rglob("*.pending"))
    assert where == {"history", "file"}


def test_a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path):
    """Whole either way; the history says which; the next change works and clears up."""
    moments, seen, ended = 0, set(), False
    while not ended:
        moments += 1
        state = tmp_path / str(moments)
        state.mkdir()
        place = Locations(home=state, state_dir=state, config_path=state / "openclaw.json")
        place.config_path.write_text(OLD)
        child = subprocess.run([sys.executable, "-c", KILLED, state, str(moments)], timeout=BOUND_S)
        ended = child.returncode == 0
        text = place.config_path.read_text()
        seen.add(text)
        change_file(place, {}, [Change(("gateway", "bind"), "loopback")], by="cli")
        assert len(past_changes(place)) == (2 if text == NEW else 1)
        assert sorted(os.listdir(state)) == [DIRECTORY, "openclaw.json"]
        undo(place, {}, by="cli")
        assert place.config_path.read_text() == text
    assert seen == {OLD, NEW}
    assert moments > 10


def test_writers_at_the_same_time_lose_nothing(place):
    """Each reads the file again under the lock, so the changes of all are there at the end, and all are kept."""
    place.config_path.write_text("{\n  // mine\n  channels: { imessage: { groups: {} } },\n}\n")
    children = [subprocess.Popen([sys.executable, "-c", MANY, place.state_dir, name]) for name in "abcd"]
    assert [child.wait(BOUND_S) for child in children] == [0, 0, 0, 0]
    text = place.config_path.read_text()
    assert all(f"{name}{number}: " in text for name in "abcd" for number in range(5))
    assert "// mine" in text
    assert len(past_changes(place)) == 20
