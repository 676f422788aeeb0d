from __future__ import annotations

import json
from typing import Any

from openclaw.domain.ids import MessageId
from openclaw.domain.messages import MessageState
from openclaw.domain.reasons import Reason
from openclaw.store import messages

from .conftest import NOW, Installation, ann_wrote

CLOSED = {"channels": {"imessage": {"cliPath": "/nowhere/imsg", "dmPolicy": "disabled"}}}
OPEN = {"channels": {"imessage": {"dmPolicy": "open", "allowFrom": ["*"]}}}


def changed(installation: Installation, document: dict[str, Any]) -> str:
    """The path of a changed file."""
    path = installation.home / "changed.json"
    path.write_text(json.dumps(document))
    return str(path)


def refused(tx: Any) -> None:
    """Ann wrote twice, and was refused: her words are gone."""
    ann_wrote(tx, 42)
    messages.settle(tx, [MessageId(1), MessageId(2)], MessageState.DROPPED, NOW, Reason.DM_DISABLED)


def test_it_tells_what_the_changed_file_would_have_done(installation: Installation):
    """Grouped, with reasons and keys before and after; and nothing is changed (issue: impact)."""
    installation.configure(CLOSED)
    installation.fill(refused)
    before = {path: path.read_bytes() for path in installation.state_dir.iterdir() if path.is_file()}
    file = changed(installation, OPEN)

    ran = installation.run("config", "validate", "--impact", file)
    assert ran.code == 0, ran.err
    assert "would now be admitted: 2 (1 sender)" in ran.out
    assert "before: dropped (dm-disabled), by channels.imessage.dmPolicy" in ran.out
    assert "after: admitted (dm-open), agent main, session agent:main:main" in ran.out
    assert {path: path.read_bytes() for path in before} == before

    body = installation.run("config", "validate", "--impact", file, "--json").json
    assert (body["valid"], body["path"], body["impact"]["messages"]) == (True, file, 2)
    assert body["impact"]["groups"][0]["items"][0]["after"]["keys"][0]["key"] == "channels.imessage.dmPolicy"


def test_what_depends_on_a_text_that_nobody_has_is_marked(installation: Installation):
    """The phone is asked; where it cannot be, that is said (issue: impact)."""
    installation.configure(CLOSED)
    installation.fill(refused)
    channel = {"dmPolicy": "open", "allowFrom": ["*"], "requireMentionInDms": True}
    document = {"channels": {"imessage": channel}, "messages": {"groupChat": {"mentionPatterns": ["claw"]}}}

    ran = installation.run("config", "validate", "--impact", changed(installation, document))
    assert "2 of these depend on texts that are not kept" in ran.out
    assert "perhaps" in ran.out
    assert "The phone of default could not be asked for texts: /nowhere/imsg" in ran.out


def test_the_same_file_makes_no_difference(installation: Installation):
    """And an installation that heard nothing yet has nothing to compare."""
    installation.configure(CLOSED)
    file = changed(installation, CLOSED)
    assert "Nothing would be different." in installation.run("config", "validate", "--impact", file).out
    installation.fill(refused)
    assert "Nothing would be different." in installation.run("config", "validate", "--impact", file).out


def test_a_changed_file_that_breaks_rules_is_named_as_usual(installation: Installation):
    """Every problem at once, exit code 1, and no impact of what may not be used."""
    installation.configure(CLOSED)
    ran = installation.run(
        "config",
        "validate",
        "--impact",
        changed(installation, {"channels": {"imessage": {"dmPolicy": 1}}}),
        "--json",
    )
    assert ran.code == 1
    assert ran.json["issues"][0]["path"] == "channels.imessage.dmPolicy"
    assert "impact" not in ran.json
    pattern = {"messages": {"groupChat": {"mentionPatterns": ["(?=x)"]}}}
    assert installation.run("config", "validate", "--impact", changed(installation, pattern)).code == 1


def test_a_file_in_use_that_breaks_rules_is_not_taken_for_the_changed_one(installation: Installation):
    """The comparison fails, and says whose mistake it is."""
    installation.configure({"channels": {"imessage": {"dmPolicy": "everybody"}}})
    ran = installation.run("config", "validate", "--impact", changed(installation, OPEN))
    assert ran.code == 1
    assert "openclaw.json has 1 problem" in ran.err
