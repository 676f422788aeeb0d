"""``bench/run``: measure this gateway, and another one if asked, and print what came of it."""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

from .limits import limits, machine
from .mac import install, open_mac
from .measures import Figures, Say, measure, measure_crowded
from .model import Model, open_model
from .running import Program
from .settings import settings, without_brakes, write_settings
from .table import render

_SOURCE = Path(__file__).resolve().parent.parent / "src"
_CONSOLE_SCRIPT = "from openclaw.cli.main import main; main()"
STORED = [1, 1_000, 100_000]
_OURS = "this"


def main() -> int:
    """Run what the command line asks for; the exit code says only whether the bench itself worked."""
    options = _options()
    return asyncio.run(_run(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run", description="What a gateway costs. Figures, no verdict."
    )
    parser.add_argument(
        "--against", metavar="COMMAND", help="measure this gateway too, e.g. 'node /opt/x/openclaw.mjs'"
    )
    parser.add_argument(
        "--gateway", metavar="COMMAND", help="measure this command in place of the source beside the bench"
    )
    parser.add_argument(
        "--extra", metavar="FILE", type=Path, help="JSON to lay over the configuration of both"
    )
    parser.add_argument(
        "--stored", metavar="N,N", default=",".join(map(str, STORED)), help="sizes for the cost per message"
    )
    parser.add_argument("--no-accounts", action="store_true", help="leave out the hundred accounts")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures here")
    parser.add_argument(
        "--keep", metavar="FOLDER", type=Path, help="keep state and logs of the gateways here"
    )
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> int:
    stored = [int(each) for each in options.stored.split(",")]
    about = machine()
    print("  ".join(f"{key}: {value}" for key, value in about.items()))
    async with AsyncExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        model = await stack.enter_async_context(open_model())
        raw = await limits(root, model)
        columns = dict[str, Figures]()
        for name, command in _commands(options).items():
            program = _program(name, command, root, options.keep)
            columns[name] = await _measured(program, model, stored, options.extra)
            if name == _OURS and not options.no_accounts:
                many = _program(f"{name}-accounts", command, root, options.keep)
                columns[name] |= await measure_crowded(many, model, _saying(many))
        print(render(columns, stored, raw))
    if options.json:
        result = {"machine": about, "limits ms": raw, "gateways": columns}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _commands(options: argparse.Namespace) -> dict[str, list[str]]:
    ours = shlex.split(options.gateway) if options.gateway else [sys.executable, "-c", _CONSOLE_SCRIPT]
    other = {"other": shlex.split(options.against)} if options.against else {}
    return {_OURS: ours, **other}


def _program(name: str, command: list[str], root: Path, keep: Path | None) -> Program:
    folder = keep.resolve() / name if keep else root / name
    (folder / "home").mkdir(parents=True, exist_ok=True, mode=0o700)
    source = {"PYTHONPATH": str(_SOURCE)} if _CONSOLE_SCRIPT in command else {}
    return Program(name, tuple(command), folder, source)


async def _measured(program: Program, model: Model, stored: list[int], extra: Path | None) -> Figures:
    with tempfile.TemporaryDirectory(prefix="phone-") as place:
        phone = install(Path(place))
        content = settings(phone, model.base_url, program.folder / "home" / "workspace")
        content = without_brakes(content) if program.name == _OURS else content
        write_settings(program.config, _laid_over(content, json.loads(extra.read_text()) if extra else {}))
        async with open_mac(Path(place)) as mac:
            return await measure(program, mac, stored, _saying(program))


def _saying(program: Program) -> Say:
    return lambda words: print(f"… {program.name}: {words}", file=sys.stderr)


def _laid_over(base: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in extra.items():
        below = merged.get(key)
        within = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = (
            _laid_over(cast("dict[str, Any]", below), cast("dict[str, Any]", value)) if within else value
        )
    return merged
