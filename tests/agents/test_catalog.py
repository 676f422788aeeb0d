"""From references to endpoints, over configured and known providers."""

from __future__ import annotations

import pytest

from openclaw.agents.catalog import resolve_model
from openclaw.agents.endpoint import Api
from openclaw.config.secrets import SecretRef, SecretText
from openclaw.config.sections.models import Model, ModelCompat, Provider
from openclaw.errors import AgentNotConfigured


def _refusal(ref: str, provider: Provider | None = None, name: str = "own") -> str:
    with pytest.raises(AgentNotConfigured) as caught:
        resolve_model(ref, {name: provider} if provider else {}, {})
    return str(caught.value)


@pytest.mark.parametrize(
    ("ref", "api", "address", "variable"),
    [
        ("anthropic/claude", Api.ANTHROPIC_MESSAGES, "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
        ("openai/gpt", Api.OPENAI_RESPONSES, "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("openrouter/a/b", Api.OPENAI_COMPLETIONS, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    ],
)
def test_a_known_provider_needs_nothing_but_its_key(ref: str, api: Api, address: str, variable: str) -> None:
    """The usual providers work with a key in the environment and no configuration (brief of design 8)."""
    endpoint = resolve_model(ref, {}, {variable: "k"})
    assert (endpoint.api, endpoint.base_url, endpoint.api_key, endpoint.ref) == (api, address, "k", ref)
    assert variable in _refusal(ref)


def test_ollama_and_the_local_model_need_no_key() -> None:
    """A demo without key and network is possible (design 8)."""
    assert resolve_model("ollama/llama3.2", {}, {}).base_url == "http://127.0.0.1:11434/v1"
    assert resolve_model("local/smollm2", {}, {}).api_key is None


def test_a_models_own_values_win_over_its_provider_s() -> None:
    """Configured values override known ones, the nearest first (facts A.10, models.providers)."""
    model = Model(
        id="m", api="anthropic-messages", base_url="https://two/v1", context_window=9000, max_tokens=50
    )
    one = Provider(
        base_url="https://one/v1", max_tokens=70, models=(model,), headers={"X-A": SecretText("b")}
    )
    configured, other = (resolve_model(f"own/{name}", {"Own": one}, {}) for name in ("m", "other"))
    assert (configured.api, configured.base_url) == (Api.ANTHROPIC_MESSAGES, "https://two")
    assert (configured.context_tokens, configured.max_tokens) == (9000, 50)
    assert (other.api, other.base_url, other.max_tokens) == (Api.OPENAI_COMPLETIONS, "https://one/v1", 70)
    assert other.headers == (("X-A", "b"),)


def test_a_known_provider_at_another_address_may_go_without_a_key() -> None:
    """A proxy in front of a vendor holds the key itself (models.providers.*.baseUrl)."""
    endpoint = resolve_model("openai/gpt", {"openai": Provider(base_url="http://proxy.lan/v1")}, {})
    assert (endpoint.base_url, endpoint.api_key) == ("http://proxy.lan/v1", None)


def test_a_key_can_stand_in_the_environment_by_reference_or_by_name() -> None:
    """A secret reference of source env, and NAME_API_KEY for a provider of one's own (facts A.10)."""
    named = Provider(base_url="https://x", api_key=SecretRef(source="env", id="SOME_KEY"))
    assert resolve_model("own/m", {"own": named}, {"SOME_KEY": "s"}).api_key == "s"
    assert (
        resolve_model("my-own/m", {"my-own": Provider(base_url="https://x")}, {"MY_OWN_API_KEY": "t"}).api_key
        == "t"
    )


@pytest.mark.parametrize(
    ("ref", "provider", "says"),
    [
        ("gpt-5", None, 'write it as "provider/model"'),
        ("nobody/m", None, "models.providers.nobody.baseUrl"),
        ("own/m", Provider(), "models.providers.own.baseUrl is not set"),
        ("own/m", Provider(base_url="localhost:80"), "write it as https://host/path"),
        ("own/m", Provider(base_url="https://x", api="github-copilot"), "anthropic-messages or ollama"),
        (
            "own/m",
            Provider(base_url="https://x", api_key=SecretRef(source="env", id="GONE")),
            "GONE, which is not set",
        ),
        ("own/m", Provider(base_url="https://x", api_key=SecretRef(source="exec", id="x")), "not served"),
        ("own/m", Provider(base_url="https://x", api_key=SecretText("")), "is empty"),
    ],
)
def test_what_does_not_resolve_says_what_to_write(ref: str, provider: Provider | None, says: str) -> None:
    """Bad input gets a message that names the thing, the value and the fix (style 21)."""
    assert says in _refusal(ref, provider)


def test_an_endpoint_shows_no_secret() -> None:
    """Secrets mask themselves (style 35)."""
    one = Provider(base_url="https://x", api_key=SecretText("hush"), headers={"X-Key": SecretText("quiet")})
    endpoint = resolve_model("own/m", {"own": one}, {})
    assert "hush" not in repr(endpoint)
    assert "quiet" not in repr(endpoint)
    assert set(endpoint.secrets) == {"hush", "quiet"}


def test_tools_are_offered_unless_a_model_cannot_use_them() -> None:
    """The small local model cannot, and any other may be said not to (models[].compat.supportsTools)."""
    plain, said = Model(id="plain"), Model(id="said", compat=ModelCompat(supports_tools=False))
    own = Provider(base_url="https://one/v1", models=(plain, said))
    assert resolve_model("own/plain", {"own": own}, {}).takes_tools
    assert not resolve_model("own/said", {"own": own}, {}).takes_tools
    assert resolve_model("ollama/llama3.2", {}, {}).takes_tools
    assert not resolve_model("local/smollm2", {}, {}).takes_tools
    able = Provider(models=(Model(id="big", compat=ModelCompat(supports_tools=True)),))
    assert resolve_model("local/big", {"local": able}, {}).takes_tools
