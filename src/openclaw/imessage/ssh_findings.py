"""What `ssh` means when it does not get through, and the command that helps. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from openclaw.config.remote_host import RemoteHost
from openclaw.domain.health import ProbeCode

# ssh ends with it when it is ssh itself that failed, and not what ran on the other machine.
EXIT_OF_SSH = 255
_LONGEST_DETAIL = 300
_USUAL_PORT = 22


@dataclass(frozen=True, slots=True)
class SshFinding:
    """A known condition. ``means`` is a sentence's end, ``fix`` names the command to run."""

    code: ProbeCode
    means: str
    fix: str


# What OpenSSH says, by what it means; the first that fits counts, so the changed key comes before the unknown one.
_MEANINGS: tuple[tuple[tuple[str, ...], ProbeCode, str, str], ...] = (
    (
        ("identification has changed", "has changed and you have requested strict checking"),
        ProbeCode.SSH_HOST_CHANGED,
        "the host key is another one than in known_hosts",
        "find out why (a new Mac, or somebody between), then: ssh-keygen -R {known}, and {ssh} once by hand",
    ),
    (
        ("host key verification failed", "no matching host key", "host key is known for"),
        ProbeCode.SSH_HOST_UNKNOWN,
        "the host key is not in known_hosts",
        "log in once by hand and compare the fingerprint: {ssh}",
    ),
    (
        ("permission denied (", "too many authentication failures", "no supported authentication methods"),
        ProbeCode.SSH_KEY_REFUSED,
        "no key of this user is accepted there",
        "{copy}; a key with a passphrase needs an agent that the gateway can reach",
    ),
    (
        ("could not resolve hostname", "name or service not known", "nodename nor servname"),
        ProbeCode.SSH_NAME_UNKNOWN,
        "the name means no address here",
        "correct the host in the wrapper and in remoteHost, or add the name to ~/.ssh/config",
    ),
    (
        ("connection refused",),
        ProbeCode.SSH_REFUSED,
        "nothing listens for SSH there",
        "switch Remote Login on: System Settings > General > Sharing; then: {ssh} true",
    ),
    (
        (
            "connection timed out",
            "operation timed out",
            "no route to host",
            "network is unreachable",
            "host is down",
            "timeout, server",
            "timed out while waiting",
            "timeout during banner exchange",
        ),
        ProbeCode.SSH_TIMEOUT,
        "nothing answers at that address; the Mac may be asleep",
        "wake it and keep it awake (sudo pmset -a sleep 0), then: {ssh} true",
    ),
)


def read_ssh_words(said: str, host: RemoteHost | None) -> SshFinding | None:
    """The condition that the last words of `ssh` speak of, ``None`` for none that is known. ``host`` is for the fix."""
    words = said.lower()
    for marks, code, means, fix in _MEANINGS:
        if any(mark in words for mark in marks):
            return SshFinding(code, f"{means} ({_shorten(said)})", fix.format_map(_commands(host)))
    return None


def ssh_by_hand(host: RemoteHost | None) -> str:
    """What a person types to log in the same way, `ssh HOST` where it is not known."""
    return _commands(host)["ssh"]


def _commands(host: RemoteHost | None) -> dict[str, str]:
    if host is None:
        return {"ssh": "ssh HOST", "copy": "ssh-copy-id HOST", "known": "HOST"}
    options = [word for identity in host.identities for word in ("-i", identity)]
    options += ["-p", str(host.port)] if host.port is not None else []
    options += ["-F", host.config_file] if host.config_file is not None else []
    settings = [*host.options, *([f"ProxyJump={host.jump}"] if host.jump else [])]
    options += [word for setting in settings for word in ("-o", setting)]
    # Here, too, an IPv6 address stands without the brackets that host:path needs.
    name = host.host.strip("[]")
    where = shlex.join([*options, f"{host.user}@{name}" if host.user else name])
    # Only a port that is not the usual one stands in known_hosts.
    known = f"'[{name}]:{host.port}'" if host.port not in (None, _USUAL_PORT) else name
    return {"ssh": f"ssh {where}", "copy": f"ssh-copy-id {where}", "known": known}


def _shorten(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip().strip("@")]
    return " ".join(" ".join(lines).split())[-_LONGEST_DETAIL:]
