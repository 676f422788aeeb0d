"""What a service is made of: this installation, and no secret."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openclaw.config.locations import locate
from openclaw.daemon.plan import is_current, plan_here, withheld
from openclaw.errors import BadRequest

ENVIRON = {"HOME": "/home/ann", "PATH": "/usr/bin:/bin"}


def test_the_service_is_this_very_installation():
    """Absolute paths of the Python that ran the command; and no module of the working directory."""
    plan = plan_here(locate(ENVIRON), ENVIRON)
    assert plan.program == (sys.executable, "-P", "-m", "openclaw", "gateway", "--quiet")
    assert Path(plan.program[0]).is_absolute()
    assert (plan.directory, plan.errors) == (
        "/home/ann/.openclaw",
        "/home/ann/.openclaw/logs/gateway.stderr.log",
    )
    assert plan.port is None
    assert plan_here(locate(ENVIRON), ENVIRON, 18999).port == 18999


def test_only_what_is_needed_is_taken_and_never_a_secret():
    """PATH and OPENCLAW_… without tokens and passwords; what was left out is told (brief: secrets)."""
    environ = ENVIRON | {
        "OPENCLAW_STATE_DIR": "/srv/claw",
        "OPENCLAW_CONFIG_PATH": "",
        "OPENCLAW_GATEWAY_TOKEN": "t0ken",
        "OPENCLAW_GATEWAY_PASSWORD": "pass",
        "OPENCLAW_CHILD_OF": "1",
        "ANTHROPIC_API_KEY": "sk-ant",
        "AWS_PROFILE": "x",
    }
    plan = plan_here(locate(environ), environ)
    assert plan.environment == {"OPENCLAW_STATE_DIR": "/srv/claw", "PATH": "/usr/bin:/bin"}
    assert withheld(environ) == ["OPENCLAW_GATEWAY_PASSWORD", "OPENCLAW_GATEWAY_TOKEN"]


def test_a_value_over_several_lines_is_refused_by_name():
    """A second line would be a setting of its own in a unit file."""
    environ = ENVIRON | {"OPENCLAW_STATE_DIR": "/srv\nExecStart=/bin/sh"}
    with pytest.raises(BadRequest, match="OPENCLAW_STATE_DIR"):
        plan_here(locate(ENVIRON), environ)


def test_a_service_is_current_whatever_shell_asks():
    """The PATH of another terminal, and a port that was chosen, make it no older one."""
    wanted = plan_here(locate(ENVIRON), ENVIRON)
    chosen = plan_here(locate(ENVIRON), ENVIRON | {"PATH": "/opt/bin"}, 18999)
    assert is_current(chosen, wanted)
    assert not is_current(replace(chosen, program=("/old/python", *chosen.program[1:])), wanted)
    assert not is_current(replace(chosen, directory="/elsewhere"), wanted)
    assert not is_current(wanted, plan_here(locate(ENVIRON), ENVIRON, 18999))
