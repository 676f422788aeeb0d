"""The unit file of systemd: written from a plan, and read back to one. Pure; knows nothing of a running systemd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openclaw.daemon.plan import MARK, Plan

UNIT = "openclaw-gateway.service"

# The first release that makes the pauses between restarts longer by itself.
_FIRST_WITH_STEPS = 254
_PAUSE_S, _LONGEST_PAUSE_S, _STEPS = 2, 60, 5
_PAUSE_WITHOUT_STEPS_S = 10
# The gateway gives its children some seconds each to end, and settles what is being sent.
_STOP_LIMIT_S = 60
_APPEND = "append:"


def render_unit(plan: Plan, version: int) -> str:
    """The file for ``plan``, with what systemd ``version`` knows.

    It is started for ever again: a gateway that cannot run now (an unfinished edit, a full disk) runs when it can.
    """
    return "\n".join([*_unit(), *_service(plan), *_restarts(version), *_install()]) + "\n"


def read_unit(text: str) -> Plan | None:
    """The plan in a file that ``render_unit`` wrote; ``None`` when it is another's, or was changed beyond reading."""
    if f"# {MARK}" not in text.splitlines():
        return None
    entries = list(_entries(text))
    try:
        program = tuple(_words(_only(entries, "ExecStart"), dollars=True))
        variables = [word for name, value in entries if name == "Environment" for word in _words(value)]
        errors = _unescaped(_only(entries, "StandardError"))
        directory = _unescaped(_only(entries, "WorkingDirectory"))
        environment = dict(variable.split("=", 1) for variable in variables)
    except ValueError:
        return None
    if not program or not errors.startswith(_APPEND):
        return None
    return Plan(
        program=program,
        environment=environment,
        directory=directory,
        errors=errors.removeprefix(_APPEND),
    )


def _unit() -> Iterator[str]:
    yield f"# {MARK}"
    yield "[Unit]"
    yield "Description=OpenClaw gateway (iMessage)"
    # Without this systemd would give up after a few quick failures.
    yield "StartLimitIntervalSec=0"


def _service(plan: Plan) -> Iterator[str]:
    yield ""
    yield "[Service]"
    yield "Type=exec"
    yield "ExecStart=" + " ".join(_quoted(word, dollars=True) for word in plan.program)
    yield "WorkingDirectory=" + _escaped(plan.directory)
    for name, text in plan.environment.items():
        yield "Environment=" + _quoted(f"{name}={text}")
    yield "StandardOutput=null"
    yield f"StandardError={_APPEND}{_escaped(plan.errors)}"
    yield "UMask=0077"
    # The gateway ends its own children, in order.
    yield "KillMode=mixed"
    yield f"TimeoutStopSec={_STOP_LIMIT_S}"


def _restarts(version: int) -> Iterator[str]:
    yield "Restart=always"
    if version < _FIRST_WITH_STEPS:
        yield f"RestartSec={_PAUSE_WITHOUT_STEPS_S}"
        return
    yield f"RestartSec={_PAUSE_S}"
    yield f"RestartMaxDelaySec={_LONGEST_PAUSE_S}"
    yield f"RestartSteps={_STEPS}"


def _install() -> Iterator[str]:
    yield ""
    yield "[Install]"
    yield "WantedBy=default.target"


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _unescaped(text: str) -> str:
    return text.replace("%%", "%")


def _quoted(text: str, *, dollars: bool = False) -> str:
    """``text`` as one word of a unit file (systemd.syntax, "Quoting"); ``dollars`` where variables are put in."""
    safe = _escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe.replace("$", "$$") if dollars else safe}"'


def _words(line: str, *, dollars: bool = False) -> Iterator[str]:
    """The words that ``_quoted`` wrote; raises ValueError for anything else."""
    position = 0
    while position < len(line):
        if line[position] != '"':
            raise ValueError("not a quoted word")
        word, position = _word(line, position + 1)
        yield _unescaped(word.replace("$$", "$") if dollars else word)
        if position < len(line) and line[position] != " ":
            raise ValueError("no space between words")
        position += 1


def _word(line: str, position: int) -> tuple[str, int]:
    word = ""
    while line[position : position + 1] != '"':
        if position >= len(line):
            raise ValueError("a quote is open")
        position += line[position] == "\\"
        word += line[position : position + 1]
        position += 1
    return word, position + 1


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            yield name, value


def _only(entries: list[tuple[str, str]], name: str) -> str:
    found = [value for key, value in entries if key == name]
    if len(found) != 1:
        raise ValueError(f"{name} stands {len(found)} times")
    return found[0]


def settings_of(output: str) -> Mapping[str, str]:
    """What ``systemctl show`` printed, by name."""
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)
