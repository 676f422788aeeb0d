"""What is on this machine already: imsg, keys, a running Ollama, the small local model, the region of the language.

Looks, and changes nothing. Every look at another program has a bound.
"""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openclaw.agents.catalog import LOCAL_PROVIDER
from openclaw.agents.local_model import MODEL_NAME, packages_installed
from openclaw.cli.answers import KEYED, key_variable
from openclaw.config.grammar import executable_error

OLLAMA_URL = "http://127.0.0.1:11434"
OLLAMA_WAIT_S = 1.0
"""It answers from memory; whoever does not within a second is not there."""

_MOST_BYTES = 1024 * 1024
# Where Homebrew puts it on Apple's processors and on Intel's; a gateway started by launchd has neither in its PATH.
_USUAL_PLACES = ("/opt/homebrew/bin/imsg", "/usr/local/bin/imsg")
_DEFAULT_REGION = "US"

# Models of the middle size that the client library of this release knows; a person may name any other.
DEFAULT_MODELS: Mapping[str, str] = {
    "anthropic": "claude-sonnet-5-5",
    "openai": "gpt-5.6-terra",
    "openrouter": "openrouter/auto",
    LOCAL_PROVIDER: MODEL_NAME,
}


@dataclass(frozen=True, slots=True)
class Answerer:
    """What could answer without further ado: a provider, and its model."""

    provider: str
    model: str

    @property
    def ref(self) -> str:
        """How the configuration names it."""
        return f"{self.provider}/{self.model}"


def find_imsg() -> str | None:
    """The path of an installed imsg, or None."""
    found = shutil.which("imsg") or next((path for path in _USUAL_PLACES if os.access(path, os.X_OK)), None)
    return None if found is None or executable_error(found) else found


def ollama_models(url: str = OLLAMA_URL) -> tuple[str, ...]:
    """The models that an Ollama on this machine offers; empty when none answers."""
    # A proxy of the environment has no business with an address of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/api/tags", timeout=OLLAMA_WAIT_S) as response:
            offered: Any = json.loads(response.read(_MOST_BYTES))
        return tuple(str(model["name"]) for model in offered["models"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def answerers(environment: Mapping[str, str], ollama: tuple[str, ...]) -> list[Answerer]:
    """What could answer here, best first: providers with a key, the first model of Ollama, the small local model."""
    found = [
        Answerer(provider, DEFAULT_MODELS[provider])
        for provider in KEYED
        if environment.get(key_variable(provider))
    ]
    found += [Answerer("ollama", name) for name in ollama[:1]]
    if packages_installed():
        found.append(Answerer(LOCAL_PROVIDER, MODEL_NAME))
    return found


def region(environment: Mapping[str, str]) -> str:
    """The country of the language set in the environment (``de_AT.UTF-8`` is AT), US when it names none."""
    language = environment.get("LC_ALL") or environment.get("LANG") or ""
    country = language.partition(".")[0].partition("_")[2]
    return country.upper() if len(country) == 2 and country.isalpha() else _DEFAULT_REGION
