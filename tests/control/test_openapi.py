"""The description of the HTTP interface against the running one, with requests nobody thought of."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from openclaw.control.description import description
from openclaw.control.operations import OPERATIONS

from .conftest import TOKEN, Caller, Running

DESCRIBED: Any = schemathesis.openapi.from_dict(description())
OTHERS = [
    "/healthz",
    "/readyz",
    "/login",
    "/logout",
    "/api/page-code",
    "/api/me",
    "/api/explain/search",
    "/api/status",
    "/api/channels",
]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_interface_is_as_it_is_described(caller: Caller, running: Running, name: str):
    """Whatever the description allows is answered as it says, and never with a failure inside (issue: OpenAPI)."""
    await running.ann_wrote()
    await running.ann_asked()
    operation = DESCRIBED[f"/api/{name}"]["POST" if OPERATIONS[name].changes else "GET"]

    @given(case=operation.as_strategy())
    @FEW
    def drive(case: Any) -> None:
        case.call_and_validate(
            base_url=f"http://127.0.0.1:{caller.port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            checks=CHECKS,
        )

    await asyncio.to_thread(drive)


@pytest.mark.parametrize("path", [path for path in OTHERS if path.startswith("/api/")])
async def test_what_stands_beside_the_table_is_described_too(caller: Caller, path: str):
    """Their answers have the types of the description."""
    await asyncio.to_thread(drive_one, caller, path)


def drive_one(caller: Caller, path: str) -> None:
    """One plain request, checked against its description."""
    method = next(iter(description()["paths"][path]))  # type: ignore[index,call-overload]
    case = DESCRIBED[path][method.upper()].Case(body={}, media_type="application/json")
    if method == "get":
        case = DESCRIBED[path]["GET"].Case()
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{caller.port}",
        headers={"Authorization": f"Bearer {TOKEN}"},
        checks=CHECKS,
    )


async def test_the_description_is_served_to_the_operator(caller: Caller):
    """The document lists every request of the table, and nobody else gets it."""
    answer = await asyncio.to_thread(caller.send, "GET", "/api/openapi.json")
    assert {f"/api/{name}" for name in OPERATIONS} <= set(answer.json["paths"])
    assert set(OTHERS) <= set(answer.json["paths"])
    stranger = await asyncio.to_thread(caller.send, "GET", "/api/openapi.json", authorization=None)
    assert stranger.code == 401
