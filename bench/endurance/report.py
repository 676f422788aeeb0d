"""A soak as words: a line while it runs, the table at its end, and everything as data."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict
from typing import Any

from .books import story
from .soak import Soak
from .verdict import ILLS, Case, Tally
from .vitals import Growth

_MOST_CASES = 30


def line(soak: Soak, tally: Tally) -> str:
    """How it goes."""
    oldest = max((time.monotonic() - one.at for one in tally.under_way), default=0)
    ills = ", ".join(f"{ill} {tally.count(ill)}" for ill in ILLS)
    sample = soak.samples[-1] if soak.samples else None
    body = (
        f"{sample.gateway_mib:.0f} MiB, {sample.descriptors} fds, {sample.threads} threads"
        if sample
        else "no gateway"
    )
    return (
        f"{soak.elapsed / 60:6.1f} min  in {tally.said}, answered {tally.answered} of {tally.wanted},"
        f" under way {len(tally.under_way)} (oldest {oldest:.0f} s), withheld {tally.withheld.total()}, {ills};"
        f" {body}, {soak.house.starts} starts{f'; {soak.trouble}' if soak.trouble else ''}"
    )


def render(soak: Soak, tally: Tally, grown: Growth) -> str:
    """The table at the end."""
    lines = [
        "",
        f"{soak.elapsed / 60:.1f} minutes, seed {soak.plan.seed}, {soak.plan.rate:g} messages a minute",
        f"  said                    {tally.said}",
        f"  to be answered          {tally.wanted}",
        f"  answered                {tally.answered}",
        f"  under way at the end    {len(tally.under_way)}",
        f"  withheld, visibly       {tally.withheld.total()}",
        *(f"    {number:5} {name}" for name, number in tally.withheld.most_common()),
        *(f"  {ill:22}  {tally.count(ill)}" for ill in ILLS),
        f"  parts out of order      {tally.overtaken}",
        f"  left alone as due       {tally.left_alone.total()}",
        *(f"    {number:5} {name}" for name, number in tally.left_alone.most_common()),
        f"  starts of the gateway   {soak.house.starts}, ready in {_spread(soak.house.ready_s)} s",
        f"  ended by itself         {'; '.join([str(len(soak.crashes)), *soak.crashes])}",
        f"  children left over      {'; '.join([str(len(soak.strays)), *soak.strays.values()])}",
        *_body(soak),
        f"  growth                  {_growth(grown)}",
        f"  faults                  {', '.join(f'{name} {number}' for name, number in sorted(soak.troubles.items()))}",
    ]
    for case in tally.cases[:_MOST_CASES]:
        lines += [f"! {case.ill}: {case.what}", *(f"    {step}" for step in _steps(soak, case))]
    if len(tally.cases) > _MOST_CASES:
        lines.append(f"! and {len(tally.cases) - _MOST_CASES} more")
    return "\n".join(lines)


def as_data(soak: Soak, tally: Tally, grown: Growth) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "plan": asdict(soak.plan),
        "said": tally.said,
        "wanted": tally.wanted,
        "answered": tally.answered,
        "withheld": tally.withheld,
        "left alone": tally.left_alone,
        "out of order": tally.overtaken,
        "cases": [asdict(case) | {"story": _steps(soak, case)} for case in tally.cases],
        "starts": soak.house.starts,
        "ready s": soak.house.ready_s,
        "ended by itself": soak.crashes,
        "left over": soak.strays,
        "faults": soak.troubles,
        "growth": asdict(grown),
        "samples": [asdict(sample) for sample in soak.samples],
    }


def _steps(soak: Soak, case: Case) -> list[str]:
    state = soak.house.state
    if not state.exists():
        return []
    steps = story(state, "message", case.message) if case.message is not None else []
    told = [f"message {case.message}: {' > '.join(steps)}"] if steps else []
    return told + [f"delivery {each}: {' > '.join(story(state, 'delivery', each))}" for each in case.bubbles]


def _body(soak: Soak) -> list[str]:
    if not soak.samples:
        return []
    return [
        f"  memory, gateway         {_spread([sample.gateway_mib for sample in soak.samples])} MiB",
        f"  memory, whole tree      {_spread([sample.tree_mib for sample in soak.samples])} MiB",
        f"  descriptors             {_spread([float(sample.descriptors) for sample in soak.samples])}",
        f"  threads                 {_spread([float(sample.threads) for sample in soak.samples])}",
        f"  processes               {_spread([float(sample.processes) for sample in soak.samples])}",
    ]


def _growth(grown: Growth) -> str:
    if not grown.minutes:
        return "not judged: no life of the gateway was twelve minutes long"
    memory = ", ".join(f"{each:.1f}" for each in grown.quarters_mib)
    files = ", ".join(f"{each:.0f}" for each in grown.quarters_descriptors)
    said = "STEADY" if grown.memory_grows or grown.descriptors_grow else "none that is steady"
    return f"{said}; quarters of {grown.minutes:.0f} minutes: {memory} MiB; {files} descriptors"


def _spread(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{min(values):.1f} / {statistics.median(values):.1f} / {max(values):.1f} (least, median, most)"
