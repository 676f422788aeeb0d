"""The service under a real systemd: a manager of its own, in a mount namespace of its own, with a gateway that runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SYSTEMD = Path("/lib/systemd/systemd")
_IN_A_NAMESPACE = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
mkdir -m 700 "$XDG_RUNTIME_DIR"
"{systemd}" --user >"$HOME/systemd.log" 2>&1 &
manager=$!
for _ in $(seq 100); do systemctl --user is-system-running >/dev/null 2>&1 && break; sleep 0.1; done
set +e
{commands}
systemctl --user exit
wait $manager
"""
BOUND_S = 120.0
"""The one limit of the whole: far beyond anything a healthy run needs."""


def _can_run() -> bool:
    if not (SYSTEMD.exists() and os.geteuid() == 0 and shutil.which("unshare")):
        return False
    made = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "x", "/run"], capture_output=True, check=False
    )
    return made.returncode == 0


@pytest.mark.skipif(not _can_run(), reason="needs systemd, and the right to give it a namespace of its own")
def test_a_real_systemd_installs_starts_restarts_and_removes_the_gateway(tmp_path: Path):
    """Every command, each told as JSON, against a gateway that really answers (issue: doctor and services)."""
    openclaw = f'"{sys.executable}" -m openclaw gateway'
    steps = ("install --port 18997", "status", "restart", "stop", "start", "uninstall", "status")
    commands = "\n".join(f'{openclaw} {step} --json >"$HOME/{at}.json"' for at, step in enumerate(steps))
    script = _IN_A_NAMESPACE.format(systemd=SYSTEMD, commands=commands)
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": "/run/of-the-test"}
    subprocess.run(
        ["unshare", "-m", "sh", "-c", script], env=environ, timeout=BOUND_S, check=False, capture_output=True
    )
    told = [json.loads((tmp_path / f"{at}.json").read_text()) for at in range(len(steps))]
    installed, running, restarted, stopped, started, gone, nothing = told
    assert running["service"]["pid"] == installed["pid"] == running["gateway"]["pid"]
    assert (
        running["service"] | {"enabled": True, "running": True, "ours": True, "current": True}
        == running["service"]
    )
    assert (running["gateway"]["reachable"], running["gateway"]["port"]) == (True, 18997)
    assert len({installed["pid"], restarted["pid"], started["pid"], None}) == 4
    assert (stopped["result"], gone["result"]) == ("stopped", "uninstalled")
    assert (nothing["service"]["installed"], nothing["gateway"]["running"]) == (False, False)
    assert (tmp_path / ".openclaw" / "logs" / "gateway.stderr.log").read_text() == ""
