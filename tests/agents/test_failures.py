"""Foreign errors as sentences; none unmapped."""

from __future__ import annotations

import httpx2
import pytest
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior

from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.agents.failures import QUOTED_CHARACTERS, describe_failure, mask_secrets

ENDPOINT = ModelEndpoint("own", "m", Api.OPENAI_COMPLETIONS, "https://x/v1", 8000, 30.0, api_key="hush-hush")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            ModelHTTPError(413, "m", {"error": {"message": "too much"}}),
            "answered HTTP 413: too much (the conversation",
        ),
        (ModelHTTPError(418, "m", "a teapot"), "answered HTTP 418: a teapot"),
        (ModelHTTPError(503, "m", None), "answered HTTP 503 (the provider is at fault)"),
        (httpx2.ReadTimeout(""), "was silent for 30 s"),
        (httpx2.RemoteProtocolError("peer closed"), "broke off its answer: peer closed"),
        (ModelAPIError("m", "odd"), "failed: odd"),
        (UnexpectedModelBehavior("nothing"), "sent something that is no answer: nothing"),
        (ZeroDivisionError("by zero"), "failed with ZeroDivisionError: by zero"),
    ],
)
def test_each_kind_of_failure_has_its_sentence(error: Exception, says: str) -> None:
    """Foreign errors are translated once per edge and none is unmapped (style 17)."""
    assert describe_failure(error, ENDPOINT).startswith(f"own/m {says}")


def test_a_long_message_is_shortened_and_stays_one_line() -> None:
    """A page of HTML does not flood the log (failures.py)."""
    text = describe_failure(ModelHTTPError(500, "m", "line\n" * 1000), ENDPOINT)
    assert "\n" not in text
    assert len(text) < QUOTED_CHARACTERS + 100


def test_secrets_and_what_looks_like_one_are_masked() -> None:
    """Keys of the endpoint, and keys of others by their shape (style 35)."""
    assert mask_secrets("hush-hush and sk-proj-a1b2****c3 stay", ENDPOINT.secrets) == "*** and *** stay"
