"""A real MCP server on the library's own server side, over HTTP (``sse`` or ``streamable-http``, PORT) or its pipes."""

from __future__ import annotations

import os
import sys

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

server = MCPServer("shop")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def price(what: str) -> str:
    """Tells the price of a thing."""
    return f"{what} costs 3 coins"


@server.tool()
def buy(what: str) -> str:
    """Buys a thing."""
    if what == "air":
        raise ToolError("air is not for sale")
    return f"bought {what}"


@server.tool()
def environment() -> str:
    """Shows what the server can see."""
    return " ".join(sorted(os.environ))


@server.tool()
async def grow(context: Context) -> str:
    """Gets another tool, and says so."""
    server.add_tool(lambda: "new", name="fresh", description="Grown.")
    await context.session.send_tool_list_changed()
    return "grown"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sse", port]:
            server.run("sse", port=int(port))
        case ["streamable-http", port]:
            server.run("streamable-http", port=int(port))
        case _:
            server.run("stdio")
