"""What went wrong with a model, in one sentence for the operator. Imported with the model libraries alone.

A provider's message is quoted, shortened and masked: some repeat the key they refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

import httpx2
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
)

from openclaw.agents.endpoint import ModelEndpoint

QUOTED_CHARACTERS = 300
"""Enough for every provider's first sentence, and too little for a page of HTML."""

MASK = "***"

_KEY_SHAPE = re.compile(r"\b(?:sk|pk|rk|key)-[\w*.-]{4,}")

_HINTS: Mapping[int, str] = {
    401: "check the key",
    402: "check the account's credit",
    403: "check the key and what it may use",
    404: "check the model's name and baseUrl",
    413: "the conversation is too long for this model; lower contextTokens",
    429: "its rate limit or quota is used up; wait, or add a fallback model",
}


def describe_failure(error: Exception, endpoint: ModelEndpoint) -> str:
    """The sentence for ``error``: which model, what happened, what to check. Holds no secret of the endpoint."""
    return f"{endpoint.ref} {mask_secrets(_happened(error, endpoint), endpoint.secrets)}"


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """``text`` without these secrets and without anything that looks like a key."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _KEY_SHAPE.sub(MASK, text)


def _happened(error: Exception, endpoint: ModelEndpoint) -> str:
    match error:
        case ModelHTTPError():
            hint = _HINTS.get(
                error.status_code, "the provider is at fault" if error.status_code >= 500 else ""
            )
            said = _quote(_provider_message(error.body))
            return (
                f"answered HTTP {error.status_code}"
                + (f": {said}" if said else "")
                + (f" ({hint})" if hint else "")
            )
        case ModelTimeoutError() | httpx2.TimeoutException() | TimeoutError():
            return f"was silent for {endpoint.timeout_seconds:g} s at {endpoint.base_url} and was given up"
        case ModelConnectionError() | httpx2.ConnectError():
            return (
                f"cannot be reached at {endpoint.base_url}: {_quote(_root(error))} (is the server running?)"
            )
        case httpx2.TransportError():
            return f"broke off its answer: {_quote(_root(error))}"
        case ModelAPIError():
            return f"failed: {_quote(str(error))}"
        case UnexpectedModelBehavior():
            return f"sent something that is no answer: {_quote(str(error))} (check api and baseUrl)"
        case _:
            return f"failed with {type(error).__name__}: {_quote(str(error))}"


def _provider_message(body: object) -> str:
    found = body
    for key in ("error", "message"):
        if isinstance(found, dict):
            fields = cast("dict[str, object]", found)
            found = fields.get(key, fields)
    return "" if found is None else str(found)


def _root(error: BaseException) -> str:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return str(error) or type(error).__name__


def _quote(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= QUOTED_CHARACTERS else folded[: QUOTED_CHARACTERS - 1] + "…"
