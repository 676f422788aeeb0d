"""The words behind `ssh` on a command line: which machine they mean, and by which way. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from openclaw.config.remote_host import RemoteHost, parse_port
from openclaw.config.shell_words import Word

# How a session looks, not where it leads to.
_FLAGS_OF_THE_SESSION = frozenset("AaCKknqTtvXxYy")
_FAMILIES = {"4": "AddressFamily=inet", "6": "AddressFamily=inet6"}
_VALUES_OF_THE_SESSION = frozenset("eES")

# Settings that say how the machine is reached or known; they are passed on.
_OF_THE_WAY = re.compile(
    """
    addressfamily | bindaddress | bindinterface | casignaturealgorithms | certificatefile | checkhostip | ciphers
    | globalknownhostsfile | hostbasedauthentication | hostkeyalgorithms | hostkeyalias | hostname | identitiesonly
    | identityagent | kexalgorithms | knownhostscommand | macs | pkcs11provider | preferredauthentications
    | proxycommand | pubkeyacceptedalgorithms | pubkeyauthentication | rekeylimit | securitykeyprovider
    | userknownhostsfile | verifyhostkeydns
    """,
    re.VERBOSE,
)
# Settings of one session, or those that we always choose ourselves.
_OF_THE_SESSION = re.compile(
    """
    addkeystoagent | batchmode | compression | connect(timeout|ionattempts) | control(master|path|persist)
    | escapechar | exitonforwardfailure | forward(agent|x11|x11trusted) | gssapiauthentication | ignoreunknown | ipqos
    | kbdinteractiveauthentication | loglevel | numberofpasswordprompts | passwordauthentication | requesttty | sendenv
    | serveralive(interval|countmax) | setenv | stricthostkeychecking | tcpkeepalive | updatehostkeys | usekeychain
    | visualhostkey
    """,
    re.VERBOSE,
)

_Part = RemoteHost | str
_NOWHERE = RemoteHost(host="")


def read_ssh(words: Sequence[Word]) -> RemoteHost | str:
    """The machine that `ssh` is told by ``words``, or why that cannot be said."""
    host, rest = _NOWHERE, list(words)
    while rest:
        word = rest[0]
        if word.text == "--" and not host.host:
            rest.pop(0)
            host = _destination(host, rest.pop(0)) if rest else host
            break
        if word.text.startswith("-") and word.text != "-" and word.text != "--":
            part = _option(host, rest)
        elif host.host:
            break  # here the command for the other machine begins
        else:
            part = _destination(host, rest.pop(0))
        if isinstance(part, str):
            return part
        host = part
    if isinstance(host, str):
        return host
    if not host.host:
        return "its ssh names no host"
    return host.problem() or (host if rest else "its ssh runs no command on the other machine")


def _destination(host: RemoteHost, word: Word) -> _Part:
    if word.unknown:
        return f"the host is in {word.unknown}"
    user, at, name = word.text.rpartition("@")
    if at and not user:
        return f"{word.text} is neither host nor user@host"
    return replace(host, host=name, user=host.user or user or None)


def _option(host: RemoteHost, rest: list[Word]) -> _Part:
    """``host`` with the option that ``rest`` begins with, which is taken off; flags may stand together (`-Tq`)."""
    word = rest.pop(0)
    for at, letter in enumerate(word.text[1:], 1):
        if letter in _FLAGS_OF_THE_SESSION:
            continue
        if letter in _FAMILIES:
            host = replace(host, options=(*host.options, _FAMILIES[letter]))
            continue
        if letter not in _TAKES and letter not in _VALUES_OF_THE_SESSION:
            return f"its ssh has the option -{letter}"
        value = (
            Word(word.text[at + 1 :], word.unknown) if word.text[at + 1 :] else rest.pop(0) if rest else None
        )
        if value is None:
            return f"its ssh has -{letter} without a value"
        if letter in _VALUES_OF_THE_SESSION:
            return host
        if value.unknown:
            return f"-{letter} is in {value.unknown}"
        return _TAKES[letter](host, value.text)
    return host


def _setting(host: RemoteHost, text: str) -> _Part:
    name, equals, value = text.partition("=")
    if not equals:
        name, _, value = text.strip().partition(" ")
    name, value = name.strip(), value.strip()
    key = name.lower()
    if _OF_THE_SESSION.fullmatch(key):
        return host
    if not value or not value.isprintable():
        return f"its ssh has -o {text} without a value"
    if key in _NAMED:
        return _NAMED[key](host, value)
    if _OF_THE_WAY.fullmatch(key):
        return replace(host, options=(*host.options, f"{name}={value}"))
    return f"its ssh has the option -o {name}"


def _port(host: RemoteHost, text: str) -> RemoteHost:
    return replace(host, port=host.port if host.port is not None else parse_port(text))


def _user(host: RemoteHost, text: str) -> RemoteHost:
    return replace(host, user=host.user or text)


def _identity(host: RemoteHost, text: str) -> RemoteHost:
    return replace(host, identities=(*host.identities, text))


def _jump(host: RemoteHost, text: str) -> RemoteHost:
    return replace(host, jump=host.jump or text)


def _config_file(host: RemoteHost, text: str) -> RemoteHost:
    return replace(host, config_file=text)


_NAMED: dict[str, Callable[[RemoteHost, str], RemoteHost]] = {
    "port": _port,
    "user": _user,
    "identityfile": _identity,
    "proxyjump": _jump,
}
_TAKES: dict[str, Callable[[RemoteHost, str], _Part]] = {
    "p": _port,
    "l": _user,
    "i": _identity,
    "J": _jump,
    "F": _config_file,
    "o": _setting,
}
