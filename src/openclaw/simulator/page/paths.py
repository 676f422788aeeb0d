"""The HTTP interface of the phone: one endpoint a path, JSON in and out.

Owns how values look on the wire. Endpoints that only read or write the database run in threads of their own.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from openclaw.errors import NotFound
from openclaw.simulator import schema
from openclaw.simulator.page import asking, bubbles, files, people, talking, trouble
from openclaw.simulator.page import conversations as chats
from openclaw.simulator.page.live import Changes, require_simulated, settings_now

# Long enough for every running look-alike to see the switch: they look fifty times a second.
_MOMENT_S = 0.5
_LONGEST_HANDLE, _LONGEST_GUID, _LONGEST_FILE_NAME = 254, 60, 1000


class Endpoints:
    """The endpoints over one database."""

    def __init__(self, database: Path, changes: Changes) -> None:
        self._database = database
        self._changes = changes

    def listing(self, _request: Request) -> Response:
        """Everything the list of conversations shows, with the names of the people and the switches."""
        account = chats.account_handle(self._database)
        with closing(schema.open_reading(self._database)) as connection:
            listed = [asdict(each) for each in chats.conversations(connection)]
        return JSONResponse({"account": account, "chats": listed, **settings_now(self._database)})

    def page(self, request: Request) -> Response:
        """One page of bubbles."""
        chat, before = _chat(request), asking.row_number(request, "before")
        chats.find(self._database, chat)
        with closing(schema.open_reading(self._database)) as connection:
            return JSONResponse(asdict(bubbles.page(connection, chat, before)))

    async def say(self, request: Request) -> Response:
        """What a person says."""
        chat, given = _chat(request), await asking.fields(request)
        sender = asking.text(given, "sender", _LONGEST_HANDLE, required=True)
        text, uploads = (
            asking.text(given, "text", asking.LONGEST_TEXT),
            asking.texts(given, "files", asking.MOST_FILES),
        )
        said = await asyncio.to_thread(talking.say, self._database, chat, sender, text, uploads)
        return JSONResponse({"bubble": asdict(said)}, 201)

    async def echo(self, request: Request) -> Response:
        """The account's last words come back."""
        chat, given = _chat(request), await asking.fields(request)
        sender = asking.text(given, "sender", _LONGEST_HANDLE, required=True)
        said = await asyncio.to_thread(talking.echo, self._database, chat, sender)
        return JSONResponse({"bubble": asdict(said)}, 201)

    async def owner(self, request: Request) -> Response:
        """What the owner types by hand."""
        chat, given = _chat(request), await asking.fields(request)
        text = asking.text(given, "text", asking.LONGEST_TEXT, required=True)
        said = await asyncio.to_thread(talking.owner_types, self._database, chat, text)
        return JSONResponse({"bubble": asdict(said)}, 201)

    def read(self, request: Request) -> Response:
        """That the person has seen everything."""
        chat = _chat(request)
        chats.find(self._database, chat)
        chats.mark_read(self._database, chat)
        return JSONResponse({})

    async def react(self, request: Request) -> Response:
        """A reaction to a bubble."""
        given = await asking.fields(request)
        bubble = await asyncio.to_thread(
            talking.react,
            self._database,
            asking.text(given, "guid", _LONGEST_GUID, required=True),
            asking.text(given, "sender", _LONGEST_HANDLE, required=True),
            asking.text(given, "kind", _LONGEST_GUID, required=True),
            remove=asking.flag(given, "remove"),
        )
        return JSONResponse({"bubble": asdict(bubble)}, 201)

    async def contact(self, request: Request) -> Response:
        """A new person."""
        given = await asking.fields(request)
        name = asking.text(given, "name", people.LONGEST_NAME)
        address = asking.text(given, "address", _LONGEST_HANDLE, required=True)
        chat = await asyncio.to_thread(
            people.new_contact, self._database, name, address, asking.service(given)
        )
        return await asyncio.to_thread(_made, self._database, chat)

    async def group(self, request: Request) -> Response:
        """A new group."""
        given = await asking.fields(request)
        name, members = asking.text(given, "name", people.LONGEST_NAME), asking.texts(given, "members", 100)
        chat = await asyncio.to_thread(people.new_group, self._database, name, members, asking.service(given))
        return await asyncio.to_thread(_made, self._database, chat)

    async def take_file(self, request: Request) -> Response:
        """A file as it is, its name in the header X-File-Name; the answer's `file` goes into a bubble."""
        await asyncio.to_thread(require_simulated, self._database)
        name = unquote(request.headers.get("x-file-name", ""))[:_LONGEST_FILE_NAME]
        return JSONResponse({"file": await files.store(self._database, name, asking.stream(request))}, 201)

    def give_file(self, request: Request) -> Response:
        """A file of a bubble: pictures to show, everything else to save."""
        found = files.attachment(self._database, _number(request, "file"))
        shown = found.type in files.SHOWN
        return FileResponse(
            found.path,
            media_type=found.type if shown else "application/octet-stream",
            filename=found.path.name,
            content_disposition_type="inline" if shown else "attachment",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"},
        )

    def switches(self, _request: Request) -> Response:
        """What can go wrong, in words."""
        told = [
            {"kind": each.kind, "name": each.name, "story": each.story, "modes": each.modes}
            for each in trouble.SWITCHES
        ]
        return JSONResponse({"switches": told})

    async def turn(self, request: Request) -> Response:
        """Turn one switch; `exit` for once is over when this returns."""
        given = await asking.fields(request)
        kind, mode = (
            asking.text(given, "kind", 60, required=True),
            asking.text(given, "mode", 10, required=True),
        )
        await asyncio.to_thread(trouble.turn, self._database, kind, mode)
        if kind == "exit" and mode == "once":
            try:
                await asyncio.sleep(_MOMENT_S)
            finally:
                trouble.turn(self._database, kind, "off")
        return JSONResponse(await asyncio.to_thread(settings_now, self._database))

    async def events(self, _request: Request) -> Response:
        """The stream of changes."""
        await asyncio.to_thread(require_simulated, self._database)
        return StreamingResponse(
            self._changes.events(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )


def api_routes(database: Path, changes: Changes) -> list[Route]:
    """The routes below `/api`."""
    at = Endpoints(database, changes)
    return [
        Route("/chats", at.listing),
        Route("/chats/{chat}/bubbles", at.page),
        Route("/chats/{chat}/bubbles", at.say, methods=["POST"]),
        Route("/chats/{chat}/echo", at.echo, methods=["POST"]),
        Route("/chats/{chat}/owner", at.owner, methods=["POST"]),
        Route("/chats/{chat}/read", at.read, methods=["POST"]),
        Route("/tapbacks", at.react, methods=["POST"]),
        Route("/contacts", at.contact, methods=["POST"]),
        Route("/groups", at.group, methods=["POST"]),
        Route("/files", at.take_file, methods=["POST"]),
        Route("/files/{file}", at.give_file),
        Route("/trouble", at.switches),
        Route("/trouble", at.turn, methods=["POST"]),
        Route("/events", at.events),
    ]


def _made(database: Path, chat: int) -> Response:
    return JSONResponse({"chat": asdict(chats.find(database, chat)), **settings_now(database)}, 201)


def _chat(request: Request) -> int:
    return _number(request, "chat")


def _number(request: Request, name: str) -> int:
    value = str(request.path_params[name])
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise NotFound(f"there is no {'conversation' if name == 'chat' else name} {value[:40]!r}")
    return int(value)
