"""Whether the configuration is there, keeps the rules, and says what its owner means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openclaw.doctor.findings import Finding, error, fine, note, warning
from openclaw.doctor.names import Check
from openclaw.errors import ConfigError, ConfigInvalid, ConfigIssue

_INIT = "make one: openclaw init"
_LIST = "openclaw config validate"

# Warnings of the review that have a check of their own, by the key they are about.
_OF_KEY = {
    "commands.ownerAllowFrom": Check.CONFIG_OWNER,
    "agents": Check.AGENT_MODEL,
}
_OF_ENDING = {
    # Also of a binding, where it says who shares a memory and not whom it names.
    "dmScope": Check.CONFIG_SHARED,
    "allowFrom": Check.ACCESS_DIRECT,
    "groupAllowFrom": Check.ACCESS_GROUPS,
    "groupPolicy": Check.ACCESS_GROUPS,
    "dmPolicy": Check.ACCESS_DIRECT,
}
_OF_GROUP = re.compile(r"\.groups(\.[^.\[]+|\[[^\]]+\])$")


@dataclass(frozen=True, slots=True)
class ConfigurationFacts:
    """What became of loading the file: ``failure``, or what its owner should know of it.

    ``unserved`` are keys without effect here, ``review`` what in it surprises.
    """

    path: Path
    exists: bool
    failure: ConfigError | None = None
    unserved: tuple[ConfigIssue, ...] = ()
    review: tuple[ConfigIssue, ...] = ()


def judge(facts: ConfigurationFacts) -> Iterator[Finding]:
    """Every issue of the file, or that there is none, then its warnings."""
    place = str(facts.path)
    match facts.failure:
        case ConfigInvalid(issues=issues):
            yield fine(Check.CONFIG_FILE, place, "it can be read")
            for issue in issues:
                yield error(Check.CONFIG_VALID, issue.path or place, issue.message, issue.fix or _LIST)
            yield _unseen(place)
            return
        case ConfigError():
            fix = "correct the file, or keep it aside and make one: openclaw init"
            yield error(Check.CONFIG_FILE, place, str(facts.failure), fix)
            yield _unseen(place)
            return
        case None:
            pass
    if not facts.exists:
        yield warning(Check.CONFIG_FILE, place, "there is no such file, so the defaults count", _INIT)
    else:
        yield fine(Check.CONFIG_FILE, place, "it can be read")
        yield fine(Check.CONFIG_VALID, place, "it keeps the rules")
    for issue in facts.unserved:
        yield note(Check.CONFIG_UNSERVED, issue.path, issue.message, issue.fix)
    for issue in facts.review:
        yield warning(_check_of(issue.path), issue.path, issue.message, issue.fix)


def _unseen(place: str) -> Finding:
    found = (
        "phones, people and agents are not looked at: which ones there are, only a file that can be used says"
    )
    return note(Check.CONFIG_REVIEW, place, found, "mend the above, then again: openclaw doctor")


def _check_of(path: str) -> Check:
    if known := _OF_KEY.get(path) or _OF_ENDING.get(path.rpartition(".")[2]):
        return known
    if path.startswith("bindings["):
        return Check.CONFIG_BINDING
    if ".mentionPatterns" in path:
        return Check.ACCESS_MENTION
    return Check.ACCESS_GROUP if _OF_GROUP.search(path) else Check.CONFIG_REVIEW
