"""Loading: the one way from a file to a configuration, in the order read, include, variables, sections, judgement.

Changes nothing: not the file, not ``os.environ``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from openclaw.config.accounts import filled_channel
from openclaw.config.document import filled, plain
from openclaw.config.environment import substitute, variables
from openclaw.config.include import Contents, read_with_includes
from openclaw.config.locations import Locations
from openclaw.config.overlay import Overlay, laid_over
from openclaw.config.reader import read_section
from openclaw.config.review import contradictions
from openclaw.config.sections.root import Config
from openclaw.config.unserved import judge_unknown, unserved_warnings
from openclaw.errors import ConfigInvalid, ConfigIssue


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that may be used, and what its reader should know.

    ``document`` is the file with defaults filled in, ``written`` without them, both with secrets in clear: mask before
    showing. ``environment`` is every variable the configuration may use: the process's own, ``.env`` and the
    ``env`` block.
    """

    config: Config
    path: Path
    exists: bool
    warnings: tuple[ConfigIssue, ...]
    document: Mapping[str, Any]
    environment: Mapping[str, str]
    written: Mapping[str, Any]


def load_config(locations: Locations, environ: Mapping[str, str], overlay: Overlay | None = None) -> Loaded:
    """Read the configuration at ``locations``, with ``overlay`` over it; a missing file means safe defaults.

    Raises ConfigUnreadable when a file cannot be read, ConfigInvalid with every issue when rules are broken.
    """
    path = locations.config_path
    # A dangling link is a mistake to report, not a missing file.
    exists = os.path.lexists(path)
    raw: object = read_with_includes(path) if exists else cast("dict[str, Any]", {})
    return _load(laid_over(raw, overlay or {}), locations, environ, exists=exists)


def check_document(raw: object, locations: Locations, environ: Mapping[str, str]) -> Loaded:
    """Judge data that is not in a file yet as if it stood at ``locations``; raises like ``load_config``."""
    return _load(raw, locations, environ, exists=False)


def check_contents(instead: Contents, locations: Locations, environ: Mapping[str, str]) -> Loaded:
    """Judge the configuration as it would be if files held what ``instead`` says; raises like ``load_config``."""
    raw = read_with_includes(locations.config_path, instead=instead)
    return _load(raw, locations, environ, exists=True)


def _load(raw: object, locations: Locations, environ: Mapping[str, str], *, exists: bool) -> Loaded:
    path = locations.config_path
    if not isinstance(raw, dict):
        raise ConfigInvalid(
            str(path), [ConfigIssue("", "must be an object", fix="write the file in braces: { … }")]
        )
    document = cast("dict[str, Any]", raw)
    environment, env_issues = variables(document, environ, locations.state_dir)
    document, missing = substitute(document, environment)
    config, findings = read_section(Config, document)
    unknown, unserved = judge_unknown(findings.unknown)
    issues = [*env_issues, *missing, *findings.issues, *unknown]
    if issues or config is None:
        raise ConfigInvalid(str(path), issues)
    config = replace(config, locations=locations)
    if contradicting := contradictions(config):
        raise ConfigInvalid(str(path), contradicting)
    return Loaded(
        config=config,
        path=path,
        exists=exists,
        warnings=tuple(unserved_warnings(unserved, document)),
        document=_filled(document, config),
        environment=environment,
        written=document,
    )


def _filled(document: dict[str, Any], config: Config) -> dict[str, Any]:
    channel = filled_channel(config)
    written = cast("dict[str, Any]", filled(document, plain(config)))
    return filled(written, {"channels": {"imessage": channel}}) if channel else written
