"""MCP servers: programs and addresses of other people that bring tools (https://modelcontextprotocol.io).

Nothing is imported here: the library is loaded when an agent first needs a server.
"""
