import pytest

from openclaw.config.secrets import (
    MASK,
    SecretRef,
    SecretText,
    is_secret_key,
    mask_secrets,
    mask_text,
    reveal,
)


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
    "name", ["token", "apiKey", "botToken", "password", "ownerDisplaySecret", "Authorization"]
)
def test_names_of_secrets_are_recognised(name):
    """A value is masked by what its key is called."""
    assert is_secret_key(name)


@pytest.mark.parametrize("name", ["maxTokens", "contextTokens", "tokenize", "id", "cliPath"])
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


def test_a_variable_reference_must_look_like_a_variable(issues):
    """For env sources the id is an upper-case variable name (A.3)."""
    found = issues({"models": {"providers": {"x": {"apiKey": {"source": "env", "id": "openai key"}}}}})
    assert list(found) == ["models.providers.x.apiKey.id"]
