"""Every public incident of the list has its row in the manual, and every test that a row names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "incidents.md"

# The threads, by the kind of harm; some harmed in two ways.
THREADS = {
    "A": (
        "oc#59363 oc#12873 oc#65420 imsg#80 oc#61543 oc#62750 oc#64309 oc#63544 oc#61705 oc#32166 "
        "oc#48859 oc#128430 oc#135704 oc#120751 cc#57004 cpo#1169 cc#62022 cpo#4381 oc#126468"
    ),
    "B": (
        "cc#40221 cpo#1010 cpo#1048 cc#39483 oc#84470 imsg#118 oc#17514 ha#24157 ha#45717 oc#34182 "
        "oc#107770 oc#21878 oc#126564 oc#126852 oc#151266 oc#94786 oc#143632 oc#40302 oc#56629 oc#2551 "
        "zeroclaw-labs/zeroclaw#29 oc#23028"
    ),
    "C": (
        "oc#78649 oc#66721 oc#55792 oc#110409 oc#139669 oc#116961 imsg#126 oc#6775 oc#54264 imsg#46 "
        "imsg#307 oc#89237 oc#91335 oc#6917 ha#18309 bb#750 oc#144025 oc#87089 oc#135860"
    ),
    "D": (
        "oc#63293 oc#64021 oc#85624 oc#29106 oc#39138 oc#1647 oc#85363 oc#143632 oc#65141 ha#34372 "
        "ha#68718 ha#33327 oc#15022 oc#579 oc#110853 imsg#141 oc#90858"
    ),
    "E": (
        "oc#35072 oc#75792 oc#87263 imsg#78 oc#90850 oc#134572 oc#128772 oc#79796 "
        "mozilla-ai/clawbolt#1459 oc#91041 oc#29986 oc#8069 oc#118652 oc#89007 oc#142965 "
        "vfarcic/dot-agent-deck#1015 oc#115074"
    ),
    "F": (
        "imsg#28 imsg#32 imsg#33 imsg#37 oc#23133 oc#3334 oc#43440 oc#5116 imsg#90 oc#79289 "
        "danielmiessler/LifeOS#1279 imsg#83 imsg#16"
    ),
    "G": "oc#35624 oc#35669 pk#39 bb#756 imsg#132 oc#133468 imsg#18 oc#5810 oc#5655 oc#142399",
}


def rows(letter: str) -> list[list[str]]:
    """The cells of each row of one table."""
    page = PAGE.read_text(encoding="utf-8")
    part = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    [table] = [each for each in part if each.startswith(f"{letter}. ")]
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named_in(cell: str) -> list[tuple[str, list[str]]]:
    """The files and names of the tests in a cell."""
    return [(path, names) for path, *names in (one.split("::") for one in re.findall(r"`([^`]+)`", cell))]


def has(body: list[ast.stmt], names: list[str]) -> bool:
    """Whether there is a class or function of that name, and in it the next one."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == names[0]:
            return len(names) == 1 or has(node.body, names[1:])
    return False


@pytest.mark.parametrize("letter", THREADS)
def test_every_thread_has_its_row(letter: str) -> None:
    """Issue 4: each incident becomes a test, or a sentence why it cannot occur."""
    told = [each for row in rows(letter) for each in re.findall(r"\[([^\]]+#\d+)\]", row[0])]
    assert sorted(told) == sorted(THREADS[letter].split())


@pytest.mark.parametrize("letter", THREADS)
def test_every_row_says_what_happens_here_and_names_tests_that_exist(letter: str) -> None:
    """A test that is renamed takes its row along."""
    for thread, happened, here, tests in rows(letter):
        assert happened.endswith((".", ")")), thread
        assert here, thread
        assert named_in(tests), thread
        for path, names in named_in(tests):
            module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert has(module.body, names), f"{path}::{'::'.join(names)}"
