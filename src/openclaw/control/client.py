"""The command line's side of the control interface: one request to the running gateway.

Imports only the standard library beside the errors, so that quick commands stay quick.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from openclaw.control.address import HOST, ControlAddress
from openclaw.errors import BadRequest, ControlUnreachable, NotFound, OpenClawError, TokenRefused

ANSWER_LIMIT_S = 10.0
"""What a look may take: the original's bound for its quick commands."""

# A page of a thousand long messages is a few megabytes.
_LONGEST_ANSWER = 64 * 1024 * 1024
_REFUSED = 401


def ask(
    gateway: ControlAddress,
    path: str,
    params: Mapping[str, object],
    tokens: Iterable[str],
    *,
    change: bool = False,
    timeout_s: float = ANSWER_LIMIT_S,
) -> dict[str, Any]:
    """The gateway's answer to ``path``; ``change`` sends ``params`` as a body, else they are a query.

    ``tokens`` are tried in turn, each only after the one before it was refused.

    Raises:
        ControlUnreachable: no answer, not one of ours, or no token is right.
        NotFound, BadRequest: the gateway said so.
    """
    answer: dict[str, Any] = {}
    for token in tokens:
        code, answer = _exchange(gateway, path, params, token, change, timeout_s)
        if code == 200:
            return answer
        if code != _REFUSED:
            raise _error(code, answer)
    raise TokenRefused(
        f"the gateway (process {gateway.pid}) refuses the token of this command; "
        "set OPENCLAW_GATEWAY_TOKEN to the one it was started with"
    )


def _exchange(
    gateway: ControlAddress,
    path: str,
    params: Mapping[str, object],
    token: str,
    change: bool,
    timeout_s: float,
) -> tuple[int, dict[str, Any]]:
    given = {name: value for name, value in params.items() if value is not None}
    headers = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection(HOST, gateway.port, timeout=timeout_s)
    try:
        if change:
            headers["Content-Type"] = "application/json"
            connection.request("POST", path, json.dumps(given), headers)
        else:
            query = urlencode(_words(given), doseq=True)
            connection.request("GET", f"{path}?{query}" if query else path, headers=headers)
        response = connection.getresponse()
        body: Any = json.loads(response.read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ControlUnreachable(
            f"the gateway (process {gateway.pid}) does not answer on {HOST}:{gateway.port}: "
            f"{error or type(error).__name__}. Look at its log, or start it again"
        ) from error
    finally:
        connection.close()
    return response.status, cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def _words(params: Mapping[str, object]) -> dict[str, object]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in params.items()}


def _error(code: int, answer: Mapping[str, Any]) -> OpenClawError:
    said = str(answer.get("error") or f"the gateway answered with status {code}")
    if code == 404:
        return NotFound(said)
    if code in (400, 413, 415):
        return BadRequest(said)
    return ControlUnreachable(said)
