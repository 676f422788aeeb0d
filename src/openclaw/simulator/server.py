"""The `rpc` program: reads requests one at a time, in order, and answers each before it reads the next.

From 0.14 requests that only read are answered beside each other. Owns the dispatch, the subscriptions and the
misbehaviours of requests. What a method reads or sends is made elsewhere; what a release knows comes
from its version.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count

from openclaw.simulator import envelope, helper, objects, params, sending, status
from openclaw.simulator.envelope import BAD_PARAMS, INTERNAL, NO_METHOD, Request, RpcError, Wire
from openclaw.simulator.mac import Mac
from openclaw.simulator.params import Params
from openclaw.simulator.reading import Filter
from openclaw.simulator.watch import ROWS_PER_POLL, Options, Subscription

_STOP_S = 1.0
"""How long the end of a subscription may take; its thread looks fifty times a second."""

_MOST_PER_PAGE = 500
_READS = frozenset({"chats.list", "messages.history", "messages.after"})
_LOST_TEXT = "The operation couldn’t be completed. (SQLite.Result error 0.)"
"""All that is left of a database error in a request."""


class Server:
    """Answers the requests of one peer."""

    def __init__(self, mac: Mac, database: str) -> None:
        self._mac = mac
        self._database = database
        self._numbers = count(1)
        self._subscriptions: dict[int, Subscription] = {}
        self._unannounced: Subscription | None = None
        self._reading = threading.Semaphore(mac.version.parallel_reads)
        self._readers: list[threading.Thread] = []
        self._methods: dict[str, Callable[[Params], Wire]] = {
            "chats.list": self._chats_list,
            "messages.history": self._history,
            "messages.after": self._after,
            "watch.subscribe": self._subscribe,
            "watch.unsubscribe": self._unsubscribe,
            "send": lambda given: sending.send(mac, database, given),
            "initialize": self._initialize,
            "status": lambda _: self._snapshot(),
        }
        self._helped = helper.helped(mac, database)

    def serve(self, lines: Iterable[bytes]) -> None:
        """Answer every line until there are no more; then end the subscriptions."""
        try:
            for line in lines:
                self._answer(line)
        finally:
            for reader in self._readers:
                reader.join()
            for subscription in self._subscriptions.values():
                subscription.stop(_STOP_S)
            self._mac.output.flush()

    def _answer(self, line: bytes) -> None:
        self._mac.output.end_if_due()
        self._mac.behaviour.sleep_through("sleep")
        self._mac.settler.settle()
        try:
            request = envelope.parse(line, strict=self._mac.version.strict)
        except RpcError as error:
            if not error.silent:
                self._mac.output.record(error.reply(error.id))
            return
        if request is None:
            return
        if self._mac.version.parallel_reads > 1 and request.method in _READS:
            self._read_beside(request)
        else:
            self._respond(request)
        if self._unannounced:
            self._unannounced.start()
            self._unannounced = None

    def _read_beside(self, request: Request) -> None:
        """Answer in a thread of its own, once fewer than so many others do."""
        self._reading.acquire()
        self._readers = [each for each in self._readers if each.is_alive()]
        self._readers.append(threading.Thread(target=self._respond_and_leave, args=(request,), daemon=True))
        self._readers[-1].start()

    def _respond_and_leave(self, request: Request) -> None:
        try:
            self._respond(request)
        finally:
            self._reading.release()

    def _respond(self, request: Request) -> None:
        nobody = self._mac.behaviour.take("null-id", request.method)
        if nobody:
            self._mac.output.record(RpcError(nobody["code"], nobody["data"]).reply(None))
            return
        try:
            answer = envelope.result(request, self._result(request))
        except RpcError as error:
            answer = None if request.notification and self._mac.version.strict else error.reply(request.id)
        else:
            lost = request.notification or self._mac.behaviour.take("lost-answer", request.method)
            answer = None if lost else answer
        if answer:
            self._mac.output.record(answer)

    def _misbehave(self, request: Request) -> None:
        """Do what is in force for requests of this method, before anything else is done. Raises RpcError."""
        behaviour = self._mac.behaviour
        hanging = behaviour.take("hang", request.method)
        if hanging:
            behaviour.outlast(hanging)
        slow = behaviour.take("slow", request.method)
        if slow:
            time.sleep(slow["delayMs"] / 1000)
        failing = behaviour.take("fail", request.method)
        if failing:
            raise RpcError(failing["code"], failing["data"])

    def _result(self, request: Request) -> Wire:
        self._misbehave(request)
        self._mac.composer.look_again()
        known = self._mac.version.methods.get(request.method)
        if known is None:
            raise RpcError(NO_METHOD, request.method)
        if self._mac.version.strict:
            params.check(request.params, known)
        try:
            return self._method(request.method)(Params(request.params))
        except sqlite3.Error:
            raise RpcError(INTERNAL, _LOST_TEXT) from None
        except objects.BadDate as error:
            raise RpcError(BAD_PARAMS if self._mac.version.strict else INTERNAL, str(error)) from None

    def _method(self, name: str) -> Callable[[Params], Wire]:
        if name not in self._mac.version.needs_helper:
            return self._methods[name]
        if name not in self._helped or not self._mac.behaviour.settings.helper:
            raise RpcError(INTERNAL, status.no_helper(name))
        return self._helped[name]

    def _chats_list(self, given: Params) -> Wire:
        return {"chats": self._mac.composer.chats(given.count("limit", 20))}

    def _history(self, given: Params) -> Wire:
        chat = given.integer("chat_id")
        if chat is None:
            raise RpcError(BAD_PARAMS, "chat_id is required")
        return {"messages": self._mac.composer.history(chat, given.count("limit", 50), _filter(given))}

    def _after(self, given: Params) -> Wire:
        cursor, limit = given.integer("since_rowid"), given.count("limit", ROWS_PER_POLL)
        if cursor is None or cursor < 0 or limit > _MOST_PER_PAGE:
            raise RpcError(BAD_PARAMS, f"since_rowid is required and limit is at most {_MOST_PER_PAGE}")
        wanted = Filter(attachments=given.flag("attachments"), reactions=given.flag("include_reactions"))
        chat = given.integer("chat_id")
        rows = self._mac.reader.after(cursor, chat, limit + 1, tapbacks=wanted.reactions)
        page = rows[:limit]
        return {
            "messages": [self._mac.composer.message(row, wanted, watching=True) for row in page if row.chat],
            "next_rowid": page[-1].id if page else cursor,
            "has_more": len(rows) > limit,
        }

    def _subscribe(self, given: Params) -> Wire:
        knows = self._mac.version.methods["watch.subscribe"]
        debounce = given.delay("debounce_ms", "debounceMs") if "debounce_ms" in knows else None
        wanted = _filter(given, reactions="include_reactions" in knows and given.flag("include_reactions"))
        options = Options(
            cursor=given.integer("since_rowid") or self._mac.reader.newest(),
            chat=given.integer("chat_id"),
            wanted=wanted,
            debounce_ms=debounce,
            buffer_limit=given.count("buffer_limit", 256),
        )
        subscription = Subscription(next(self._numbers), self._mac, options)
        self._subscriptions[subscription.number] = subscription
        if self._mac.version.announces_first:
            self._unannounced = subscription
        else:
            subscription.start()
        limit = {"buffer_limit": options.buffer_limit} if "buffer_limit" in knows else {}
        return {"subscription": subscription.number, **limit}

    def _unsubscribe(self, given: Params) -> Wire:
        number = given.integer("subscription")
        if number is None:
            raise RpcError(BAD_PARAMS, "subscription is required")
        subscription = self._subscriptions.pop(number, None)
        if subscription:
            subscription.stop(_STOP_S if self._mac.version.announces_first else 0.0)
        return {"ok": True}

    def _initialize(self, given: Params) -> Wire:
        if given.integer("protocol_version") not in (None, 1):
            raise RpcError(BAD_PARAMS, "protocol_version must be 1")
        return self._snapshot()

    def _snapshot(self) -> Wire:
        helper = self._mac.behaviour.settings.helper
        return status.snapshot(self._mac.version, self._database, ready=True, helper=helper)


def _filter(given: Params, *, reactions: bool = False) -> Filter:
    return Filter(
        participants=given.texts("participants"),
        start=objects.from_iso(given.text("start")),
        end=objects.from_iso(given.text("end")),
        attachments=given.flag("attachments"),
        reactions=reactions,
    )
