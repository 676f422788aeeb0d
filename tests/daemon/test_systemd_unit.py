"""The unit file: read back as it was written, and accepted by systemd itself."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.daemon.plan import Plan
from openclaw.daemon.systemd_unit import UNIT, read_unit, render_unit

PLAN = Plan(
    program=("/usr/bin/env", "-P", "-m", "openclaw", "gateway", "--quiet"),
    environment={"OPENCLAW_STATE_DIR": "/srv/claw", "PATH": "/usr/bin:/bin"},
    directory="/",
    errors="/tmp/gateway.stderr.log",
)
words = st.text(
    st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"], blacklist_characters="\x85"), min_size=1
)
paths = words.map(lambda text: f"/{text.strip()}")


@given(
    st.lists(words, min_size=1, max_size=5),
    st.dictionaries(st.from_regex(r"OPENCLAW_[A-Z]{1,8}", fullmatch=True), words, max_size=3),
    paths,
    paths,
)
def test_a_unit_says_what_the_plan_says(program, environment, directory, errors):
    """Quotes, dollars, percent signs, backslashes and spaces survive (systemd.syntax)."""
    plan = Plan(program=tuple(program), environment=environment, directory=directory, errors=errors)
    assert read_unit(render_unit(plan, 252)) == plan


def test_signs_that_systemd_would_read_more_into_are_escaped():
    """A variable or specifier in a path stays the text it is (systemd.service, "Command lines")."""
    plan = replace(PLAN, program=('/opt/my "py"/$HOME/100%', "a\\b"), environment={"PATH": "/$x:%h"})
    text = render_unit(plan, 252)
    assert r'ExecStart="/opt/my \"py\"/$$HOME/100%%" "a\\b"' in text
    assert 'Environment="PATH=/$x:%%h"' in text


@pytest.mark.parametrize("version", [252, 256])
def test_it_is_started_for_ever_again_with_pauses(version):
    """Restart=always and no limit; growing pauses where systemd has them (254)."""
    lines = render_unit(PLAN, version).splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0", "KillMode=mixed", "UMask=0077"} <= set(lines)
    assert ("RestartMaxDelaySec=60" in lines) is (version >= 254)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[Service]\nExecStart=/usr/bin/node openclaw gateway\n",
        render_unit(PLAN, 252).replace("# Written by", "# written by hand:"),
        render_unit(PLAN, 252).replace("ExecStart=", "ExecStart=/bin/sh -c "),
        render_unit(PLAN, 252) + 'ExecStart="/bin/sh"\n',
        render_unit(PLAN, 252).replace("StandardError=append:", "StandardError="),
        render_unit(PLAN, 252).replace('--quiet"', "--quiet"),
    ],
)
def test_another_s_unit_or_a_changed_one_is_no_plan(text):
    """It is not ours to say what it does, and not to be written over without --force."""
    assert read_unit(text) is None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("odd", ["", "my %h folder; 100% ü"])
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path, odd: str):
    """`systemd-analyze verify --user`, also with a program whose path has awkward signs."""
    program = tmp_path / odd / "python"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    unit = tmp_path / UNIT
    plan = replace(PLAN, program=(str(program), *PLAN.program[1:]), directory=str(tmp_path))
    unit.write_text(render_unit(plan, 252))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(unit)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if UNIT in line]) == (0, [])
