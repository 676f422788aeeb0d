"""What the last words of imsg mean, and what the operator can do about it. Pure but for one look at a path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from openclaw.domain.health import ProbeCode
from openclaw.errors import PhoneUnusable, RequestFailed
from openclaw.imessage.command import ImsgCommand
from openclaw.imessage.ssh_findings import read_ssh_words, ssh_by_hand
from openclaw.jsonrpc.peer import Peer

FIX_PERMISSION = (
    "Grant Full Disk Access to the program that runs imsg (System Settings > Privacy & Security), then run "
    "`imsg chats --limit 1` once in that same context"
)
# Over SSH macOS gives permissions to the server's program, whichever program that starts.
FIX_PERMISSION_THERE = (
    "On that Mac tick /usr/libexec/sshd-keygen-wrapper in System Settings > Privacy & Security > "
    "Full Disk Access. If it is ticked, open Messages there as that user and sign in: from here a database that is not "
    "there looks the same"
)
FIX_UPDATE = "Update imsg: version 0.3.0 is the first one with rpc"
FIX_DATABASE = "Sign in to Messages on that Mac, or correct channels.imessage.dbPath"
FIX_NOT_FOUND = "Install imsg (brew install steipete/tap/imsg) or correct channels.imessage.cliPath"
FIX_NO_SSH = "Install the OpenSSH client on this machine (apt install openssh-client)"
FIX_NOT_EXECUTABLE = "Make it executable (chmod +x), or correct channels.imessage.cliPath"

# Every form in which a release of imsg, or the system under it, says that it may not or cannot open the database.
_DENIED = (
    "full disk access",
    "permission error",
    "permissiondenied(",
    "authorization denied",
    "operation not permitted",
    "unable to open database file",
)
_MISSING = ("no such file or directory", "does not exist", "file not found")
_NO_RPC = (
    "unknown subcommand 'rpc'",
    'unknown command "rpc"',
    "unknown command 'rpc'",
    "unknown command: rpc",
)
_NO_IMSG = ("imsg: command not found", "imsg: not found", "command not found: imsg")
_NO_SSH = ("ssh: command not found", "ssh: not found", "command not found: ssh")
# imsg 0.14: the database cannot be opened just now.
_DATABASE_UNAVAILABLE = -32002
_LONGEST_DETAIL = 300
# What a shell, here or on the Mac, exits with when it finds no program to run.
_EXIT_NO_COMMAND = 127


def diagnose(texts: Iterable[str], command: ImsgCommand) -> PhoneUnusable | None:
    """The known condition that ``texts`` (banners, error data, stderr) speak of, or ``None``."""
    whole = "\n".join(text for text in texts if text)
    said = whole.lower()
    if any(mark in said for mark in _NO_IMSG):
        return _not_found(_shorten(whole), command)
    if command.is_remote and any(mark in said for mark in _NO_SSH):
        return unusable(ProbeCode.IMSG_NOT_FOUND, f"there is no ssh here: {_shorten(whole)}", FIX_NO_SSH)
    if any(mark in said for mark in _NO_RPC):
        return unusable(ProbeCode.RPC_UNSUPPORTED, "this imsg does not know rpc", FIX_UPDATE)
    if any(mark in said for mark in _DENIED):
        return _cannot_open(whole, command)
    if command.is_remote and (found := read_ssh_words(whole, command.host)):
        return unusable(found.code, found.means, found.fix)
    return None


def diagnose_error(error: Exception, command: ImsgCommand, peer: Peer | None = None) -> PhoneUnusable | None:
    """The known condition behind ``error``, using the last words of the child too when ``peer`` is given."""
    if isinstance(error, PhoneUnusable):
        return error
    texts = [str(error)]
    if isinstance(error, RequestFailed):
        if error.code == _DATABASE_UNAVAILABLE:
            return _cannot_open(detail_of(error), command)
        texts = [detail_of(error)]
    elif peer is not None:
        if peer.child.exit_code == _EXIT_NO_COMMAND:
            return diagnose([peer.child.stderr_tail], command) or _not_found(peer.obituary, command)
        # The error itself ends with one of these lines, so it is told only when there are none.
        said = ["\n".join(noise.text for noise in peer.noise), peer.child.stderr_tail]
        texts = said if any(said) else texts
    return diagnose(texts, command)


def detail_of(error: RequestFailed) -> str:
    """The useful text of an error answer, which is in its data: a string, or an object from 0.14 on."""
    if isinstance(error.data, str):
        return error.data
    detail = data_of(error).get("detail")
    return detail if isinstance(detail, str) else error.reason


def data_of(error: RequestFailed) -> dict[str, Any]:
    """The data of an error answer as an object, empty when it is none."""
    data: object = error.data
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def unusable(code: ProbeCode, message: str, fix: str) -> PhoneUnusable:
    """The error for ``code``."""
    return PhoneUnusable(code.value, message, fix)


def _not_found(words: str, command: ImsgCommand) -> PhoneUnusable:
    if not command.is_remote:
        return unusable(ProbeCode.IMSG_NOT_FOUND, words, FIX_NOT_FOUND)
    fix = (
        f"Install imsg there ({ssh_by_hand(command.host)}, then: brew install steipete/tap/imsg), "
        "or name its folder in the PATH of the wrapper"
    )
    return unusable(ProbeCode.IMSG_NOT_FOUND, f"no imsg is found on that Mac: {words}", fix)


def _cannot_open(whole: str, command: ImsgCommand) -> PhoneUnusable:
    """imsg shows one banner for a missing file and for a forbidden one; only a look or its words tell them apart."""
    if absent := command.missing_database():
        return unusable(ProbeCode.DATABASE_MISSING, f"there is no database at {absent}", FIX_DATABASE)
    if any(mark in whole.lower() for mark in _MISSING):
        return unusable(ProbeCode.DATABASE_MISSING, _shorten(whole), FIX_DATABASE)
    fix = FIX_PERMISSION_THERE if command.is_remote else FIX_PERMISSION
    return unusable(ProbeCode.PERMISSION_DENIED, f"imsg may not read the database: {_shorten(whole)}", fix)


def _shorten(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_DETAIL]
