"""The two requests about the configuration that runs: read its files anew, and begin anew with them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openclaw.control.bodies import json_body
from openclaw.control.params import refuse_unknown
from openclaw.control.shapes import config_shape
from openclaw.control.surface import Surface


def configuration_routes(surface: Surface) -> list[Route]:
    """``POST /api/reload`` and ``POST /api/restart``."""

    async def reload(request: Request) -> Response:
        """Look at the files now."""
        refuse_unknown(await json_body(request), ())
        return JSONResponse(config_shape(await surface.reload()))

    async def restart(request: Request) -> Response:
        """Begin anew in the same process, once no turn runs."""
        refuse_unknown(await json_body(request), ())
        surface.restart()
        return JSONResponse({"restarting": True})

    return [
        Route("/api/reload", reload, methods=["POST"]),
        Route("/api/restart", restart, methods=["POST"]),
    ]
