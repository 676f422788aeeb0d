"""What a person answered at set-up, and the configuration that it amounts to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from openclaw.agents.catalog import KNOWN_PROVIDERS

AppleId = Literal["personal", "dedicated"]

KEYED = tuple(name for name, provider in KNOWN_PROVIDERS.items() if provider.key_variable)
"""The providers that ask for a key."""


def key_variable(provider: str) -> str:
    """The environment variable that holds the key of ``provider``; "" for one without a key."""
    return KNOWN_PROVIDERS[provider].key_variable or ""


@dataclass(frozen=True, slots=True)
class Phone:
    """Where imsg runs. ``host`` is "" on this Mac; else ``cli_path`` may still have to be written as a ``wrapper``.

    ``port`` and ``identity`` are in the wrapper alone. ``attachments`` is ``None`` where nothing was said of files;
    ``roots`` are folders that they may come from, () for the usual one.
    """

    cli_path: str
    db_path: str = ""
    host: str = ""
    wrapper: bool = False
    port: int | None = None
    identity: str = ""
    attachments: bool | None = None
    roots: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """What the configuration says of it."""
        said: dict[str, Any] = {"cliPath": self.cli_path} if self.cli_path else {}
        if self.db_path:
            said["dbPath"] = self.db_path
        if self.host:
            said["remoteHost"] = self.host
        if self.attachments is not None:
            said["includeAttachments"] = self.attachments
        if self.roots:
            said["remoteAttachmentRoots" if self.host else "attachmentRoots"] = list(self.roots)
        return said


@dataclass(frozen=True, slots=True)
class Access:
    """Who may write, in normalised handles; ``owner`` is "" when nobody commands."""

    apple_id: AppleId
    policy: str
    silent: bool
    region: str
    owner: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Who answers; ``provider`` is "" for nobody yet.

    ``keyed`` says whether a key is to be had, ``key`` is one that has to be put into .env first.
    """

    provider: str = ""
    name: str = ""
    keyed: bool = False
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """All of it."""

    phone: Phone
    access: Access
    model: Model


def document(answers: Answers) -> dict[str, Any]:
    """The configuration to write, without any secret in it."""
    written: dict[str, Any] = {"channels": {"imessage": _channel(answers.phone, answers.access)}}
    # One memory for each person, whoever is let in later.
    written["session"] = {"dmScope": "per-channel-peer"}
    if answers.access.owner:
        written["commands"] = {"ownerAllowFrom": [answers.access.owner]}
    model = answers.model
    if model.provider:
        written["agents"] = {"defaults": {"model": {"primary": f"{model.provider}/{model.name}"}}}
    if model.provider in KEYED and model.keyed:
        reference = f"${{{key_variable(model.provider)}}}"
        written["models"] = {"providers": {model.provider: {"apiKey": reference}}}
    return written


def comments(answers: Answers) -> dict[str, str]:
    """A line for each key whose meaning its name does not tell."""
    access = answers.access
    said = {
        "channels.imessage.dmPolicy": _POLICY_COMMENTS[access.policy],
        "channels.imessage.groupPolicy": "groups are never answered; see groupAllowFrom and groups in the manual",
        "session.dmScope": "each person has a memory of their own with the agent",
        "commands.ownerAllowFrom": "who may give owner commands",
        "models": "the key itself stands in the environment or in .env beside the state",
    }
    if access.policy == "pairing":
        said["channels.imessage.pairing"] = (
            "silent: an unknown person notices nothing, you see the request"
            if access.silent
            else "challenge: an unknown person is sent a code"
        )
    return said


_POLICY_COMMENTS = {
    "pairing": "unknown people wait until you approve them: openclaw pairing list imessage",
    "allowlist": "only those in allowFrom are answered",
    "open": "anyone who knows the address is answered",
}


def _channel(phone: Phone, access: Access) -> dict[str, Any]:
    channel: dict[str, Any] = {"enabled": True} | phone.settings()
    channel["region"] = access.region
    channel["dmPolicy"] = access.policy
    if access.policy == "pairing":
        channel["pairing"] = {"notify": "silent" if access.silent else "challenge"}
    allowed = ["*"] if access.policy == "open" else list(access.allowed)
    if allowed:
        channel["allowFrom"] = allowed
    if access.apple_id == "personal" and access.owner:
        # What they write to themselves is meant for the agent; the account's handle is theirs.
        channel["ownHandles"] = [access.owner]
    channel["groupPolicy"] = "disabled"
    return channel
