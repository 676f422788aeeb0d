"""The questions about people and models, each with what the choice means for those who write to the account.

Asks and returns values; it writes nothing and starts nothing. The phone is in `phone_questions`, what the values
amount to in `answers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import click
import phonenumbers

from openclaw.agents.catalog import LOCAL_PROVIDER
from openclaw.cli import surroundings
from openclaw.cli.answers import KEYED, Access, AppleId, Model, key_variable
from openclaw.cli.questions import Check, Option, Talk, refuse
from openclaw.domain.handles import Handle, parse_handle

EVERYONE, STRANGERS = "everyone", "strangers"
"""What has to be typed out before a personal account answers, or writes to, people nobody chose."""

NOBODY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What was said on the command line; None and () mean "ask"."""

    apple_id: str | None = None
    dm_policy: str | None = None
    pairing_notify: str | None = None
    allow: tuple[str, ...] = ()
    owner: str | None = None
    region: str | None = None
    agent: str | None = None
    model: str | None = None
    confirm: str | None = None


def ask_access(talk: Talk, flags: Flags, environment: Mapping[str, str]) -> Access:
    """Who may write."""
    apple_id = flags.apple_id or talk.choose(
        "--apple-id",
        "Whose Apple ID is it?",
        (
            Option(
                "personal", "my own", "Friends and family write to it. They must not meet a bot by surprise."
            ),
            Option("dedicated", "one made for the agent", "Whoever writes to it expects the agent."),
        ),
        "personal",
    )
    region = flags.region or talk.text(
        "--region",
        "\nCountry of phone numbers written without +, two letters",
        surroundings.region(environment),
        _region_error,
    )
    refuse(_region_error(region), "--region", region)
    region = region.upper()
    owner = _ask_owner(talk, flags, apple_id, region)
    policy, silent = _ask_policy(talk, flags, personal=apple_id == "personal")
    allowed = _ask_allowed(talk, flags, policy, region, owner)
    listed = tuple(dict.fromkeys([owner, *allowed] if owner else allowed))
    return Access(cast("AppleId", apple_id), policy, silent, region, owner, listed)


def ask_model(talk: Talk, flags: Flags, environment: Mapping[str, str]) -> Model:
    """Who answers."""
    ollama = surroundings.ollama_models() if flags.agent in (None, "ollama") else ()
    at_hand = surroundings.answerers(environment, ollama)
    best = at_hand[0].provider if at_hand else NOBODY
    provider = flags.agent or talk.choose(
        "--agent", "Who answers?", _providers(environment, ollama, {one.provider for one in at_hand}), best
    )
    if provider == NOBODY:
        return Model()
    name = flags.model or talk.text("--model", "Model", _first_model(provider, ollama), _filled)
    if provider not in KEYED:
        return Model(provider, name)
    keyed = bool(environment.get(key_variable(provider)))
    key = "" if keyed else _ask_key(talk, key_variable(provider))
    return Model(provider, name, keyed=keyed or bool(key), key=key)


def _ask_owner(talk: Talk, flags: Flags, apple_id: str, region: str) -> Handle | str:
    talk.say()
    if apple_id == "personal":
        talk.say(
            "What you write to yourself goes to the agent, if you give the number or mail of this account."
        )
    else:
        talk.say(
            "You may command the agent and need no approval, if you give the number or mail you write from."
        )
    question = "Your number or mail (Enter for none)"
    text = (
        flags.owner if flags.owner is not None else talk.text("--owner", question, "", _handles_error(region))
    )
    return _handle(text, "--owner", region) if text else ""


def _ask_policy(talk: Talk, flags: Flags, *, personal: bool) -> tuple[str, bool]:
    """The policy, and whether pairing is silent."""
    options = (
        Option(
            "silent", "people I approve, in silence", "An unknown person notices nothing; you see a request."
        ),
        Option("challenge", "people I approve, with a code", "An unknown person is sent a code to show you."),
        Option(
            "allowlist", "only people I name now", "Everyone else notices nothing, and no request is made."
        ),
        Option(
            "open", "everyone", "Anyone who knows the address talks to the agent, and costs what it costs."
        ),
    )
    asked = _flagged(flags)
    while True:
        default = "silent" if personal else "challenge"
        choice = asked or talk.choose("--dm-policy", "Who may talk to the agent?", options, default)
        if not personal or _is_meant(talk, flags, choice):
            return ("pairing" if choice in ("silent", "challenge") else choice), choice == "silent"
        asked = None


def _flagged(flags: Flags) -> str | None:
    if flags.dm_policy != "pairing":
        return flags.dm_policy or flags.pairing_notify
    # Pairing without a word about strangers: whatever suits the account, so the choice is still open.
    return flags.pairing_notify


def _is_meant(talk: Talk, flags: Flags, choice: str) -> bool:
    if choice == "open":
        why = "Everyone who has your number, your doctor and your mother too, would be answered by the agent."
        return talk.typed(EVERYONE, why, flags.confirm, "--confirm")
    if choice == "challenge":
        why = "Everyone who writes to you for the first time would be sent a code by your own account."
        return talk.typed(STRANGERS, why, flags.confirm, "--confirm")
    return True


def _ask_allowed(talk: Talk, flags: Flags, policy: str, region: str, owner: str) -> tuple[str, ...]:
    if flags.allow or policy == "open":
        return tuple(_handle(text, "--allow", region) for text in flags.allow)
    needed = policy == "allowlist" and not owner
    check = _handles_error(region, needed=needed)
    question = "\nWho may write at once? Numbers and mails with commas between" + (
        "" if needed else " (Enter for none)"
    )
    if policy != "allowlist" and talk.assume:
        return ()
    return tuple(
        _handle(text, "--allow", region) for text in _split(talk.text("--allow", question, "", check))
    )


def _ask_key(talk: Talk, variable: str) -> str:
    if talk.assume:
        talk.tell(f"{variable} is not set; until it is, messages wait.")
        return ""
    return talk.secret(
        f"{variable} is not set. Paste the key to keep it in .env, or press Enter to set it later"
    )


def _providers(environment: Mapping[str, str], ollama: tuple[str, ...], at_hand: set[str]) -> list[Option]:
    def key(provider: str) -> str:
        return f"{key_variable(provider)} is " + ("set" if provider in at_hand else "not set yet")

    outside = "What people write is sent to this company."
    options = [
        Option("anthropic", f"Anthropic ({key('anthropic')})", outside),
        Option("openai", f"OpenAI ({key('openai')})", outside),
        Option("openrouter", f"OpenRouter ({key('openrouter')})", "What people write is sent on to others."),
        Option(
            "ollama",
            "Ollama on this machine" + ("" if ollama else " (not running now)"),
            "What people write stays here.",
        ),
    ]
    if LOCAL_PROVIDER in at_hand:
        options.append(
            Option(LOCAL_PROVIDER, "the small model for trying things out", "Stays here; it knows little.")
        )
    options.append(
        Option(NOBODY, "nobody yet", "Messages are kept until somebody is there; senders see nothing.")
    )
    return options


def _first_model(provider: str, ollama: tuple[str, ...]) -> str:
    if provider == "ollama":
        return ollama[0] if ollama else ""
    return surroundings.DEFAULT_MODELS.get(provider, "")


def _filled(text: str) -> str | None:
    return None if text.strip() else "name a model"


def _region_error(text: str) -> str | None:
    known = text.strip().upper() in phonenumbers.SUPPORTED_REGIONS
    return None if known else f"{text} is not a country; use two letters such as US, GB or DE"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _handles_error(region: str, *, needed: bool = False) -> Check:
    def check(text: str) -> str | None:
        wrong = [part for part in _split(text) if parse_handle(part, region) is None]
        if wrong:
            return f"{wrong[0]} is neither a phone number nor a mail address"
        return "name at least one person" if needed and not _split(text) else None

    return check


def _handle(text: str, flag: str, region: str) -> Handle:
    handle = parse_handle(text, region)
    if handle is None:
        raise click.UsageError(f"{flag} {text}: that is neither a phone number nor a mail address")
    return handle
