"""Stand-ins for ``systemctl --user`` and ``launchctl``: programs that keep the state of one service in a file.

They know what the real ones know of it, refuse what those refuse, and note every call.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BEGIN = """#!{python}
import json, os, sys
from pathlib import Path
here = Path({folder!r})
state = json.loads((here / "state.json").read_text())
words = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(" ".join(words) + "\\n")
def end(code=0, said=""):
    (here / "state.json").write_text(json.dumps(state))
    print(said, file=sys.stderr if code else sys.stdout)
    sys.exit(code)
"""

_SYSTEMCTL = """
if state["unreachable"]:
    end(1, "Failed to connect to bus: No medium found")
assert words.pop(0) == "--user"
verb = words.pop(0)
unit = Path(os.environ["HOME"]) / ".config/systemd/user/openclaw-gateway.service"
if verb == "--version":
    end(0, "systemd {version} (252.38-1~deb12u1)\\n+PAM")
if verb == "daemon-reload":
    state["known"] = unit.exists()
    end()
if verb == "show":
    print(f"MainPID={{state['pid']}}", f"UnitFileState={{'enabled' if state['enabled'] else 'disabled'}}", sep="\\n")
    print("ActiveState=" + ("active" if state["pid"] else "inactive"), "SubState=x", "Result=success", sep="\\n")
    end(0, "NRestarts=0")
assert words[-1] == "openclaw-gateway.service", words
if not state["known"]:
    end(5, "Unit openclaw-gateway.service could not be found.")
if verb in ("enable", "disable"):
    state["enabled"] = verb == "enable"
if verb in ("start", "restart") or (verb == "enable" and "--now" in words):
    state["pid"] = state["pid"] if state["pid"] and verb != "restart" else state["next"]
    state["next"] += 1
if verb == "stop" or (verb == "disable" and "--now" in words):
    state["pid"] = 0
end()
"""

_LAUNCHCTL = """
if state["unreachable"]:
    end(125, "Domain does not support specified action")
domain, label = f"gui/{{os.getuid()}}", "ai.openclaw.gateway"
target = f"{{domain}}/{{label}}"
verb, *rest = words
if verb == "print-disabled":
    assert rest == [domain]
    word = "enabled" if state["enabled"] else "disabled"
    end(0, f'\\tdisabled services = {{{{\\n\\t\\t"{{label}}" => {{word}}\\n\\t}}}}')
if verb == "bootstrap":
    assert rest[0] == domain and Path(rest[1]).exists(), rest
    if state["known"] or not state["enabled"]:
        end(5, "Bootstrap failed: 5: Input/output error")
    state["known"], state["pid"] = True, state["next"]
    state["next"] += 1
    end()
assert rest[-1] == target, rest
if verb in ("enable", "disable"):
    state["enabled"] = verb == "enable"
    end()
if not state["known"]:
    end(*((113, "Could not find service") if verb == "print" else (3, "Boot-out failed: 3: No such process")))
if verb == "print":
    end(0, f"{{target}} = {{{{\\n\\tstate = running\\n\\n\\tpid = {{state['pid']}}\\n}}}}")
if verb == "bootout":
    # As the real one: it answers before the service has ended.
    if state["slow"]:
        state["slow"] = False
        end(36, "Boot-out failed: 36: Operation now in progress")
    state["known"], state["pid"] = False, 0
    end()
if verb == "kickstart":
    if "-k" in rest or not state["pid"]:
        state["pid"] = state["next"]
        state["next"] += 1
    end()
end(64, f"unknown: {{words}}")
"""


@dataclass(frozen=True)
class Tool:
    """One of them, in a folder that is to stand first in the PATH."""

    folder: Path

    @property
    def calls(self) -> list[str]:
        """Every call so far."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def state(self) -> dict[str, Any]:
        """What it knows of the service."""
        return json.loads((self.folder / "state.json").read_text())

    def set(self, **values: Any) -> None:
        """Change what it knows."""
        (self.folder / "state.json").write_text(json.dumps(self.state | values))


def systemctl(folder: Path, version: int = 252) -> Tool:
    """A ``systemctl`` of that release."""
    return _tool(folder, "systemctl", _SYSTEMCTL.format(version=version))


def launchctl(folder: Path) -> Tool:
    """A ``launchctl`` of macOS 13 or newer."""
    return _tool(folder, "launchctl", _LAUNCHCTL.format())


def _tool(folder: Path, name: str, text: str) -> Tool:
    folder.mkdir()
    (folder / name).write_text(_BEGIN.format(python=sys.executable, folder=str(folder)) + text)
    (folder / name).chmod(0o700)
    state = {
        "known": False,
        "enabled": True,
        "pid": 0,
        "next": 4_100_000,
        "unreachable": False,
        "slow": False,
    }
    (folder / "state.json").write_text(json.dumps(state))
    return Tool(folder)
