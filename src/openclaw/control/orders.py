"""Orders: the requests that change something, each as a function from parameters to an answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from openclaw.control import decisions, operator
from openclaw.control.looks import ID, account_of
from openclaw.control.operation import Accounts, Answer
from openclaw.control.params import Params, flag, numeral, required, text
from openclaw.control.shapes import CHANNEL, Json, grant_shape, request_shape
from openclaw.domain.acp import Decision
from openclaw.domain.delivery import DeliveryState
from openclaw.domain.ids import SessionKey
from openclaw.domain.messages import MessageState
from openclaw.domain.turns import TurnState
from openclaw.errors import BadRequest, NotFound
from openclaw.inbound import permits
from openclaw.inbound.takeover import rehearse, take_over
from openclaw.store import Tx, databases, turns
from openclaw.store.original_pairing import read_files

_BY = "operator"


def allow(tx: Tx, params: Params, now: datetime) -> Answer:
    """Allow an agent what it asks, this once."""
    return _decided(tx, params, Decision.ONCE, now)


def allow_always(tx: Tx, params: Params, now: datetime) -> Answer:
    """Allow it for the rest of its session; once, where its agent does not offer more."""
    return _decided(tx, params, Decision.ALWAYS, now)


def refuse(tx: Tx, params: Params, now: datetime) -> Answer:
    """Deny an agent what it asks."""
    return _decided(tx, params, Decision.DENY, now)


def approve(tx: Tx, params: Params, now: datetime) -> Answer:
    """Let somebody in."""
    notify = flag(params, "notify")
    grant = operator.approve(tx, required(params, "code"), _BY, now, account_of(params), notify=notify)
    return Answer({**grant_shape(grant), "notified": notify}, deliver=notify)


def deny(tx: Tx, params: Params, now: datetime) -> Answer:
    """Close a pairing request."""
    request = decisions.deny(tx, required(params, "code"), account_of(params), _BY, now)
    return Answer({"channel": CHANNEL, "id": request.handle, "accountId": request.account})


def import_pairing(tx: Tx, params: Params, now: datetime, configured: Accounts) -> Answer:
    """Take over what the original's files say; with ``dryRun`` only say what that would be."""
    directory, rehearsal = Path(required(params, "directory")), flag(params, "dryRun")
    if not directory.is_absolute():
        raise BadRequest(f"directory {str(directory)[:80]!r} must be the whole path, beginning with /")
    regions = {name: account.region for name, account in configured.items()}
    files = read_files(directory, regions)
    done = (rehearse if rehearsal else take_over)(tx, files, regions, now)
    return Answer(
        {
            "channel": CHANNEL,
            "directory": str(directory),
            "dryRun": rehearsal,
            "grants": [grant_shape(grant) for grant in done.grants],
            "requests": [request_shape(request) for request in done.requests],
            "known": done.known,
            "refused": [asdict(refused) for refused in done.refused],
            "unusable": [asdict(file) for file in done.unusable],
        }
    )


def revoke(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Take an approval back."""
    handle, revoked = decisions.revoke(tx, required(params, "handle"), account_of(params))
    return Answer({"channel": CHANNEL, "id": handle, "accounts": list(revoked)})


def pause(tx: Tx, params: Params, now: datetime, configured: Accounts) -> Answer:
    """Stop answering."""
    target, account = text(params, "target"), account_of(params)
    if account is not None and account not in configured:
        # A pause of a mistyped account would hold nothing back, and look as if it did.
        listed = ", ".join(sorted(configured)) or "none"
        raise NotFound(f"no account {account[:80]} is configured; the configured ones are: {listed}")
    chats = operator.pause(tx, target, account, now)
    return Answer({"target": target, "accountId": account, "chats": list(chats)})


def resume(tx: Tx, params: Params, now: datetime) -> Answer:
    """Answer again."""
    target, account = text(params, "target"), account_of(params)
    resumed = operator.resume(tx, target, account, now)
    body: Json = {
        "target": target,
        "accountId": account,
        "wasPaused": resumed.was_paused,
        "messages": len(resumed.messages),
    }
    # Turns that are to run again waited as well.
    wake = tuple(SessionKey(key) for key in turns.queued_sessions(tx))
    return Answer(body, judge=tuple(resumed.messages), deliver=True, wake=wake)


def confirm_database(tx: Tx, params: Params, now: datetime) -> Answer:
    """Trust the chat numbers of a database that took the place of another one."""
    asked = account_of(params)
    frozen = [one for one in sorted(databases.unproven(tx)) if asked in (None, one)]
    return Answer({"accounts": [one for one in frozen if databases.confirm(tx, one, now)]})


def release_message(tx: Tx, params: Params, now: datetime) -> Answer:
    """Have a message judged again that was held."""
    message = decisions.release_message(tx, _id(params), now)
    return Answer({"id": message, "state": MessageState.RECEIVED}, judge=(message,))


def drop_message(tx: Tx, params: Params, now: datetime) -> Answer:
    """Refuse a message that waits for a decision."""
    message = decisions.drop_message(tx, _id(params), now)
    return Answer({"id": message, "state": MessageState.DROPPED})


def resend(tx: Tx, params: Params, now: datetime) -> Answer:
    """Send a bubble once more."""
    delivery = decisions.resend(tx, _id(params), now)
    return Answer({"id": delivery.id, "state": DeliveryState.QUEUED}, deliver=True)


def drop_delivery(tx: Tx, params: Params, now: datetime) -> Answer:
    """Give a bubble up."""
    delivery = decisions.drop_delivery(tx, _id(params), now)
    return Answer({"id": delivery.id, "state": DeliveryState.DROPPED})


def retry_turn(tx: Tx, params: Params, now: datetime) -> Answer:
    """Run a turn again."""
    record = decisions.retry_turn(tx, _id(params), now)
    return Answer({"id": record.turn.id, "state": TurnState.QUEUED}, wake=(record.turn.session,))


def cancel_turn(tx: Tx, params: Params, now: datetime) -> Answer:
    """End a turn."""
    record = decisions.cancel_turn(tx, _id(params), now)
    if record.state is TurnState.RUNNING:
        body: Json = {"id": record.turn.id, "state": TurnState.RUNNING, "stopped": False}
        return Answer(body, stop=(record.turn.session,))
    return Answer({"id": record.turn.id, "state": TurnState.CANCELLED, "stopped": False})


def reset_session(tx: Tx, params: Params, now: datetime) -> Answer:
    """Make an agent forget a conversation."""
    session = decisions.reset_session(tx, required(params, "key"), now)
    return Answer({"key": session.key, "generation": session.generation})


def stop_session(tx: Tx, params: Params, _now: datetime) -> Answer:
    """Stop the answer that is being written."""
    session = decisions.session(tx, required(params, "key"))
    return Answer({"key": session.key, "stopped": False}, stop=(session.key,))


def _decided(tx: Tx, params: Params, decision: Decision, now: datetime) -> Answer:
    request = permits.open_request(tx, required(params, "code"), now)
    done = permits.decide(tx, request, decision, _BY, now)
    return Answer({"code": request.code, "decision": done, "agent": request.question.agent})


def _id(params: Params) -> int:
    return numeral(params, ID.name, ID.most)
