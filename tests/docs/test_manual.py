"""The manual against the code: what exists stands in it, and what it points to exists."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

from openclaw.doctor.audit.findings import AuditCheck
from openclaw.doctor.names import Check
from openclaw.domain.admission import Reason
from openclaw.domain.health import ProbeCode
from openclaw.turns.commands.words import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TROUBLES = (
    "imsg not found or RPC unsupported",
    "DMs are ignored",
    "Group messages are ignored",
    "Remote attachments fail",
    "macOS permission prompts were missed",
)


def rendered(script: str) -> str:
    """The page that a script of the manual would write now."""
    return str(runpy.run_path(str(ROOT / "scripts" / script))["render"]())


def words_of_the_domain() -> list[str]:
    """Every public class, and every type that is given a name by an assignment."""
    found: list[str] = []
    for path in sorted((ROOT / "src" / "openclaw" / "domain").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found.append(node.name)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.append(node.targets[0].id)
    return [name for name in found if name[0].isupper() and not name.isupper()]


def anchor(heading: str) -> str:
    """The name by which a heading can be linked to, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize(
    ("page", "script"),
    [
        ("commands.md", "commands-page"),
        ("configuration.md", "configuration-page"),
        ("reasons.md", "reasons-page"),
    ],
)
def test_a_generated_page_is_up_to_date(page: str, script: str) -> None:
    """Every command with its options, every key and every reason stands in the manual (style 36)."""
    written = (DOCS / page).read_text(encoding="utf-8")
    assert written == rendered(script), f"run .venv/bin/python scripts/{script}"


def test_every_reason_has_a_row() -> None:
    """An operator who reads a word in the log finds it (promise 4)."""
    page = (DOCS / "reasons.md").read_text(encoding="utf-8")
    assert not [reason for reason in Reason if f"| `{reason}` |" not in page]


def test_every_word_of_the_domain_is_explained() -> None:
    """The glossary has each class of the domain (style 2)."""
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    assert not [word for word in words_of_the_domain() if f"`{word}`" not in glossary]


def test_every_chat_command_is_told() -> None:
    """What can be said in the chat has its page."""
    page = (DOCS / "chat-commands.md").read_text(encoding="utf-8")
    assert not [word for one in COMMANDS for word in (one.word, *one.aliases) if f"`{word}`" not in page]


def test_every_finding_of_a_probe_has_a_remedy() -> None:
    """The codes of `channels status --probe` are all in troubleshooting (requirements)."""
    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    assert not [code for code in ProbeCode if f"| `{code}` |" not in page]


@pytest.mark.parametrize("heading", TROUBLES)
def test_every_trouble_of_the_requirements_has_its_section(heading: str) -> None:
    """The headings are those that people search for (requirements, troubleshooting)."""
    assert f"\n## {heading}\n" in (DOCS / "troubleshooting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """A link into the project names a file that is there, and a heading that is in it."""
    broken: list[str] = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists():
            broken.append(link)
        elif heading and target.is_file():
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            broken += [link] if heading not in map(anchor, headings) else []
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_of_the_source_that_is_named_exists(page: Path) -> None:
    """`store/turns.py` and the like are where the page says they are."""
    named = re.findall(r"`((?:\w+/)*\w+\.py)`", page.read_text(encoding="utf-8"))
    places = [ROOT, ROOT / "src", ROOT / "src" / "openclaw", ROOT / "src" / "openclaw" / "agents"]
    assert not [name for name in named if not any((place / name).exists() for place in places)]


def test_every_decision_is_listed() -> None:
    """Who opens the folder finds each decision from its index."""
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert not [path.name for path in DOCS.glob("decisions/[0-9]*.md") if f"({path.name})" not in index]


def test_every_check_of_the_doctor_stands_in_its_page() -> None:
    """Scripts rely on the names, and people look them up (style 36)."""
    page = (DOCS / "doctor.md").read_text(encoding="utf-8")
    assert not [check for check in Check if f"| `{check}` | {check.question} |" not in page]


def test_every_check_of_the_audit_stands_in_its_page() -> None:
    """With what it means, in the words that the command prints (style 36)."""
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    assert not [check for check in AuditCheck if f"| `{check}` | {check.says} |" not in page]
