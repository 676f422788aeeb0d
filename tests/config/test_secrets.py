import re
from typing import get_args

import pytest

from openclaw.config.secrets import (
    MASK,
    SecretRef,
    SecretText,
    is_reference,
    is_secret_key,
    is_secret_path,
    mask_command,
    mask_secrets,
    mask_text,
    reveal,
)
from openclaw.config.sections.root import Config
from openclaw.config.shape import keys_of


def test_a_secret_never_shows_itself():
    """Secrets mask themselves in any text made of them (style 35)."""
    secret = SecretText("sk-live-1")
    assert "sk-live-1" not in f"{secret} {secret!r} {[secret]}"
    assert reveal(secret, {}) == "sk-live-1"


def test_a_reference_is_looked_up_where_it_points():
    """`{source: env}` names a variable; file and exec sources are not read by this program (A.3)."""
    assert reveal(SecretRef(source="env", id="KEY"), {"KEY": "v"}) == "v"
    assert reveal(SecretRef(source="env", id="KEY"), {"KEY": ""}) is None
    assert reveal(SecretRef(source="exec", id="op"), {"op": "v"}) is None
    assert reveal(None, {}) is None


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "apiKey",
        "botToken",
        "password",
        "ownerDisplaySecret",
        "Authorization",
        "passwd",
        "access-key",
        "identityData",
        "encryptKey",
        "serviceAccount",
    ],
)
def test_names_of_secrets_are_recognised(name):
    """A value is masked by what its key is called."""
    assert is_secret_key(name)


@pytest.mark.parametrize(
    "name", ["maxTokens", "contextTokens", "tokenize", "id", "cliPath", "key", "mainKey"]
)
def test_counting_tokens_is_no_secret(name):
    """A plural counts; a singular opens."""
    assert not is_secret_key(name)


def test_masking_reaches_every_depth_and_keeps_references_readable():
    """`config get` shows the document without its secrets."""
    shown = mask_secrets(
        {
            "env": {"OPENAI_API_KEY": "sk-1", "vars": {"A": "b"}},
            "models": {"providers": {"x": {"apiKey": "sk-2", "headers": {"X-Auth": "h"}, "maxTokens": 9}}},
            "gateway": {"auth": {"token": {"source": "env", "id": "TOKEN"}}},
            "tokens": [{"token": ["a", "b"]}],
        }
    )
    assert shown["env"] == {"OPENAI_API_KEY": MASK, "vars": {"A": MASK}}
    assert shown["models"]["providers"]["x"] == {"apiKey": MASK, "headers": {"X-Auth": MASK}, "maxTokens": 9}
    assert shown["gateway"]["auth"]["token"] == {"source": "env", "id": "TOKEN"}
    assert shown["tokens"] == [{"token": [MASK, MASK]}]


def test_a_password_inside_an_address_is_masked():
    """store.url may carry one."""
    assert mask_text("postgresql://claw:s3cret@db/x") == f"postgresql://claw:{MASK}@db/x"
    assert (
        mask_secrets({"store": {"url": "postgresql://claw:s3cret@db/x"}})["store"]["url"].count("s3cret") == 0
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.b/mcp?token=s3cret&page=2", f"https://a.b/mcp?token={MASK}&page=2"),
        ("https://a.b/?v=1&key=s3cret#top", f"https://a.b/?v=1&key={MASK}#top"),
        ("postgresql://db/x?user=claw&password=s3cret", f"postgresql://db/x?user=claw&password={MASK}"),
        ("https://a.b/c?key=${KEY}", "https://a.b/c?key=${KEY}"),
        ("https://a.b/c?maxTokens=2&keyword=abc", "https://a.b/c?maxTokens=2&keyword=abc"),
        ("is the key?key=7", "is the key?key=7"),
        ("https://hooks.slack.com/services/T0/B0/s3cret", f"https://hooks.slack.com/services/{MASK}"),
        ("https://discord.com/api/webhooks/1/s3cret", f"https://discord.com/api/webhooks/{MASK}"),
        ("-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----\nx", f"{MASK}\nx"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\ns3cret", MASK),
    ],
)
def test_a_secret_in_an_address_or_a_key_file_is_masked(text: str, shown: str):
    """Under whatever name it stands; many services take their key as a parameter."""
    assert mask_text(text) == shown
    assert mask_secrets({"note": text}) == {"note": shown}


def test_a_header_that_its_user_names_is_masked():
    """models.providers.<key>.request.auth of the original: {mode, headerName, value}."""
    auth = {"mode": "header", "headerName": "X-Key", "value": "s3cret"}
    assert mask_secrets({"auth": auth}) == {"auth": auth | {"value": MASK}}
    assert is_secret_path(("models", "providers", "x", "request", "auth", "value"))
    assert is_secret_path(("env", "A"))
    assert not is_secret_path(("a", "value"))


def test_a_variable_reference_must_look_like_a_variable(issues):
    """For env sources the id is an upper-case variable name (A.3)."""
    found = issues({"models": {"providers": {"x": {"apiKey": {"source": "env", "id": "openai key"}}}}})
    assert list(found) == ["models.providers.x.apiKey.id"]


def declared_secrets(hint, path=()):
    """The paths of all keys that a section declares as secrets."""
    if hint is SecretText:
        yield path
    elif isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        for name, key in keys_of(hint).items():
            yield from declared_secrets(key.hint, (*path, name))
    else:
        for part in get_args(hint):
            yield from declared_secrets(part, path)


def test_every_declared_secret_is_known_by_its_name():
    """What is shown is masked by names alone, so each key that is declared as a secret must have such a name."""
    declared = set(declared_secrets(Config))
    assert ("gateway", "auth", "token") in declared
    assert not [path for path in declared if not any(is_secret_key(name) for name in path)]


@pytest.mark.parametrize(
    "text", ["key sk-abcdefghijklmnop1234 here", "Bearer abc.def", "https://u:p4ss@host/"]
)
def test_what_looks_like_a_secret_is_masked_under_any_name(text):
    """In a note or a header as well."""
    shown = mask_secrets({"note": text})["note"]
    assert MASK in shown
    assert not {"abcdefghijklmnop1234", "abc.def", "p4ss"} & set(re.split("[ :@-]", shown))


def test_names_of_variables_are_no_secrets():
    """They tell where it is; a text around one may be part of it."""
    shown = mask_secrets({"token": "${TOKEN}", "headers": {"A": "Bearer ${TOKEN}", "B": "abc${TOKEN}"}})
    assert shown == {"token": "${TOKEN}", "headers": {"A": "Bearer ${TOKEN}", "B": MASK}}


def test_only_a_pure_reference_stays_readable():
    """An object that merely begins like one may hold anything."""
    assert is_reference({"source": "env", "id": "TOKEN"})
    assert not is_reference({"source": "env", "id": "TOKEN", "value": "s3cret"})
    assert not is_reference({"source": "s3cret", "id": "x"})
    assert mask_secrets({"token": {"source": "env", "id": "A", "value": "s3cret"}})["token"]["value"] == MASK


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("API_KEY=abc run", f"API_KEY={MASK} run"),
        ("curl -H 'X-Api-Key: abc' https://a.b/c", f"curl -H 'X-Api-Key: {MASK} https://a.b/c"),
        ("curl -H 'Authorization: Basic YWJj' a", f"curl -H 'Authorization: {MASK} a"),
        ("login --password hunter2 --force", f"login --password {MASK} --force"),
        ("login --password 'my secret' --force", f"login --password {MASK} --force"),
        ("open https://a.b/?token=abc", f"open https://a.b/?token={MASK}"),
        ("run --password --force", "run --password --force"),
        ("rm -rf build; ls --sort size", "rm -rf build; ls --sort size"),
        ("git commit -m 'token: done'", f"git commit -m 'token: {MASK}"),
    ],
)
def test_what_a_command_gives_to_a_secret_name_is_masked(command: str, shown: str) -> None:
    """What an agent wants to run is read by people, on a phone and on a page."""
    assert mask_command(command) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["--token", "abc", "-v"], ["--token", MASK, "-v"]),
        (["--api-key=abc", "--sort=size"], [f"--api-key={MASK}", "--sort=size"]),
        (["--header", "X-Api-Key: abc"], ["--header", f"X-Api-Key: {MASK}"]),
        (["API_KEY=abc"], [f"API_KEY={MASK}"]),
        (["--token", "--force"], ["--token", "--force"]),
        (["--max-tokens", "9", "--token"], ["--max-tokens", "9", "--token"]),
        (["--token", "${TOKEN}", "--api-key=${KEY}"], ["--token", "${TOKEN}", "--api-key=${KEY}"]),
        (["+15550100001", "(?i)claw"], ["+15550100001", "(?i)claw"]),
    ],
)
def test_what_the_arguments_of_a_program_give_to_a_secret_name_is_masked(
    written: list[str], shown: list[str]
) -> None:
    """MCP servers and outside agents are often given their keys so."""
    assert mask_secrets({"args": written}) == {"args": shown}


def test_a_command_in_one_line_is_masked_like_its_arguments() -> None:
    """Files of the original write outside agents so."""
    assert mask_secrets({"command": "npx a --api-key abc"}) == {"command": f"npx a --api-key {MASK}"}


def test_what_nests_without_end_is_hidden_and_not_followed():
    """An outside agent names what it wants to run; its words must neither stop the gateway nor hide a key."""
    shown = mask_command("x=" * 5000 + "token=abc")
    assert "abc" not in shown
    assert len(shown) < 100
