"""What this Mac says about itself: `status --json`, the 0.14 status snapshot, and the words of its refusals.

Owns those texts and objects. The Mac we stand for has its system protection on, so nothing that needs the helper works,
unless its settings say otherwise.
"""

from __future__ import annotations

from openclaw.simulator.envelope import INTERNAL, NO_DATABASE, RpcError, Wire
from openclaw.simulator.versions import Version


def report(version: Version, *, helper: bool = False) -> Wire:
    """Return the object of `status --json`; it opens no database. ``helper`` says whether that runs."""
    everything: Wire = {
        "basic_features": True,
        "advanced_features": helper,
        "typing_indicators": helper,
        "read_receipts": helper,
        "sip": "disabled" if helper else "enabled",
        "message": "All features work."
        if helper
        else "Basic features work. Advanced features need the helper.",
        "bridge_version": 2 if helper else 0,
        "v2_ready": helper,
        "selectors": {},
        "rpc_methods": sorted(version.methods),
        "version": version.number,
    }
    return {key: everything[key] for key in version.status_keys}


def snapshot(version: Version, database: str, *, ready: bool, reason: str = "", helper: bool = False) -> Wire:
    """Return the result of the methods `status` and `initialize`; ``helper`` says whether that runs."""
    works = [name for name in version.methods if helper or name not in version.needs_helper]
    without = [name for name in works if name in ("initialize", "status", "watch.unsubscribe", "send")]
    state: Wire = {"path": database, "ready": ready}
    return {
        "version": version.number,
        "protocol_version": 1,
        "database": state | ({} if ready else {"error": reason}),
        "bridge": {"ready": True} if helper else {"ready": False, "error": "the bridge is not started"},
        "contacts": {"available": bool(ready)},
        "methods": works if ready else without,
        "supported_methods": sorted(version.methods),
    }


def no_helper(method: str) -> str:
    """Return the text with which a method that needs the helper fails."""
    if method.startswith("typing"):
        return "Typing indicator failed: the helper is not running"
    return "imsg bridge not ready: the helper is not running"


def permission_banner(database: str, reason: str) -> str:
    """Return the text of several lines with which newer releases say that the database cannot be opened."""
    return (
        f"⚠️  Permission Error: cannot open {database}\n\n{reason}\n\n"
        "imsg needs Full Disk Access to read the messages:\n"
        "1. Open System Settings, Privacy & Security, Full Disk Access\n"
        "2. Add the application that runs imsg, and start it again"
    )


def permission_dump(database: str, reason: str) -> str:
    """Return the one line with which the oldest releases say the same."""
    return f'permissionDenied(path: "{database}", underlying: {reason} (code: 14))'


def unavailable(version: Version, database: str, reason: str) -> RpcError:
    """Return the error that answers a request while the database cannot be opened."""
    if version.startup_failure == "none":
        detail: Wire = {"retry_safe": True, "disposition": "not_started", "detail": reason}
        return RpcError(NO_DATABASE, detail)
    return RpcError(INTERNAL, permission_banner(database, reason))
