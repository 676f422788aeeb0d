"""How the `rpc` program comes up: with a database, or with the failure that its release shows without one.

Owns opening and the four forms of failing. It ends when its input does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from openclaw.simulator import envelope, params, schema, status
from openclaw.simulator.behaviour import Behaviour
from openclaw.simulator.composing import Composer
from openclaw.simulator.envelope import NO_METHOD, Request, RpcError, Wire
from openclaw.simulator.mac import Mac, Settler
from openclaw.simulator.output import Output, print_text
from openclaw.simulator.reading import Reader
from openclaw.simulator.server import Server
from openclaw.simulator.twins import LinkTwins
from openclaw.simulator.versions import Version


class Unreadable(Exception):
    """The database cannot be opened; the message is the reason."""


def open_mac(version: Version, behaviour: Behaviour, output: Output, database: str) -> Mac:
    """Open ``database`` and return what all requests share; the caller closes its reader. Raises Unreadable."""
    denied = behaviour.look("permission-denied")
    if denied:
        raise Unreadable(denied["reason"])
    try:
        connection = schema.open_reading(database)
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from None
    reader = Reader(connection)
    composer = Composer(reader, version, behaviour)
    return Mac(version, behaviour, reader, composer, output, LinkTwins(), Settler(reader, database))


def serve(version: Version, behaviour: Behaviour, database: str, lines: Iterator[bytes]) -> int:
    """Serve ``lines`` over standard output until they end, and return the exit code."""
    behaviour.sleep_through("hang-start", "sleep")
    output = Output(behaviour)
    try:
        mac = open_mac(version, behaviour, output, database)
    except Unreadable as error:
        reason = str(error)
    else:
        return _serve(mac, database, lines)
    match version.startup_failure:
        case "swift dump":
            print_text(status.permission_dump(database, reason))
        case "banner":
            print_text(status.permission_banner(database, reason))
        case "framed":
            for line in lines:
                _refuse(line, version, output, database, reason)
        case "none":
            return _serve_without(version, behaviour, output, database, lines)
    return 1


def _serve(mac: Mac, database: str, lines: Iterator[bytes]) -> int:
    try:
        Server(mac, database).serve(lines)
    finally:
        mac.reader.close()
    return 0


def _serve_without(
    version: Version, behaviour: Behaviour, output: Output, database: str, lines: Iterator[bytes]
) -> int:
    """Answer what needs no database, trying to open it before every request."""
    for line in lines:
        try:
            mac = open_mac(version, behaviour, output, database)
        except Unreadable as error:
            _refuse(line, version, output, database, str(error))
        else:
            return _serve(mac, database, _before(line, lines))
    return 0


def _before(line: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield line
    yield from lines


def _refuse(line: bytes, version: Version, output: Output, database: str, reason: str) -> None:
    try:
        request = envelope.parse(line, strict=version.strict)
    except RpcError as error:
        if not error.silent:
            output.record(error.reply(error.id))
        return
    if request is None or (request.notification and version.strict):
        return
    try:
        output.record(envelope.result(request, _without_database(request, version, database, reason)))
    except RpcError as error:
        output.record(error.reply(request.id))


def _without_database(request: Request, version: Version, database: str, reason: str) -> Wire:
    if version.startup_failure == "none":
        if request.method not in version.methods:
            raise RpcError(NO_METHOD, request.method)
        params.check(request.params, version.methods[request.method])
        if request.method in ("initialize", "status"):
            return status.snapshot(version, database, ready=False, reason=reason)
    raise status.unavailable(version, database, reason)
