"""From ``provider/model`` to an endpoint: the providers known without configuration, and what the configuration says.

Pure: settings and environment come in, an endpoint or an error with the fix comes out. Knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.config.secrets import Secret, SecretRef, reveal
from openclaw.config.sections.models import Model, Provider
from openclaw.errors import AgentNotConfigured

LOCAL_PROVIDER = "local"
"""The small model that a child of ours runs; its address is only known once that child is up."""

SILENCE_SECONDS = 120.0
"""The longest pause we take for thinking rather than for a dead connection, where the configuration does not say."""

DEFAULT_CONTEXT_TOKENS = 32_000
"""For models that nobody described: what nearly every model offered today can read."""

_OLLAMA = "ollama"
"""The one value of ``api`` that is served by another: Ollama speaks the completions API under /v1."""


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A provider that works with a key in the environment and nothing in the configuration.

    ``sees`` says that every model of its own takes pictures; where it is false, ``models[].input`` has to say so.
    """

    api: Api
    base_url: str
    key_variable: str | None
    context_tokens: int
    max_tokens: int | None = None
    instructions: str | None = None
    takes_tools: bool = True
    sees: bool = False


KNOWN_PROVIDERS: Mapping[str, KnownProvider] = {
    "anthropic": KnownProvider(
        Api.ANTHROPIC_MESSAGES, "https://api.anthropic.com", "ANTHROPIC_API_KEY", 200_000, 8192, sees=True
    ),
    "openai": KnownProvider(
        Api.OPENAI_RESPONSES, "https://api.openai.com/v1", "OPENAI_API_KEY", 128_000, sees=True
    ),
    "openrouter": KnownProvider(
        Api.OPENAI_COMPLETIONS, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", 128_000
    ),
    # Ollama reads 4,096 tokens unless told otherwise, and silently forgets the beginning of anything longer.
    "ollama": KnownProvider(Api.OPENAI_COMPLETIONS, "http://127.0.0.1:11434/v1", None, 4096),
    LOCAL_PROVIDER: KnownProvider(
        Api.OPENAI_COMPLETIONS,
        "",
        None,
        1536,
        max_tokens=200,
        instructions="You are a helpful AI assistant. Answer in one or two short sentences.",
        # It would only be confused by them.
        takes_tools=False,
    ),
}


def resolve_model(ref: str, providers: Mapping[str, Provider], environ: Mapping[str, str]) -> ModelEndpoint:
    """The endpoint that ``provider/model`` means. Configured values win over known ones, a model's over its provider's.

    Raises:
        AgentNotConfigured: the reference, provider, API or key does not resolve; the message says what to write.
    """
    name, slash, model_id = ref.partition("/")
    name = name.strip().lower()
    if not (name and slash and model_id):
        raise AgentNotConfigured(f'the model "{ref}" names no provider; write it as "provider/model"')
    known = KNOWN_PROVIDERS.get(name)
    configured = next((entry for key, entry in providers.items() if key.lower() == name), None)
    if known is None and configured is None:
        raise AgentNotConfigured(
            f'the model "{ref}" names the provider "{name}", which is not configured; '
            f"set models.providers.{name}.baseUrl and .api, or use one of {', '.join(KNOWN_PROVIDERS)}"
        )
    settings = configured or Provider()
    model = next((entry for entry in settings.models if entry.id == model_id), None) or Model(id=model_id)
    api, base_url = _address(name, settings, model, known)
    return ModelEndpoint(
        provider=name,
        model=model_id,
        api=api,
        base_url=base_url,
        api_key=_key(name, settings.api_key, known, environ, own_address=_own_address(settings, model)),
        headers=_headers(name, settings, model, environ),
        context_tokens=_context_tokens(settings, model, known),
        max_tokens=_whole(model.max_tokens or settings.max_tokens) or (known.max_tokens if known else None),
        timeout_seconds=float(settings.timeout_seconds or SILENCE_SECONDS),
        instructions=known.instructions if known else None,
        takes_tools=_takes_tools(model, known),
        sees="image" in model.input if model.input is not None else bool(known and known.sees),
    )


def _takes_tools(model: Model, known: KnownProvider | None) -> bool:
    said = model.compat.supports_tools if model.compat else None
    return said if said is not None else known is None or known.takes_tools


def _own_address(settings: Provider, model: Model) -> str | None:
    return model.base_url or settings.base_url


def _address(name: str, settings: Provider, model: Model, known: KnownProvider | None) -> tuple[Api, str]:
    asked = model.api or settings.api or (known.api if known else Api.OPENAI_COMPLETIONS)
    base_url = (_own_address(settings, model) or (known.base_url if known else "")).rstrip("/")
    if not base_url and name != LOCAL_PROVIDER:
        raise AgentNotConfigured(
            f"models.providers.{name}.baseUrl is not set; set it to the address of the API"
        )
    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc):
        raise AgentNotConfigured(
            f'models.providers.{name}.baseUrl is "{base_url}", which is no address; write it as https://host/path'
        )
    if asked == _OLLAMA or name == _OLLAMA:
        return Api.OPENAI_COMPLETIONS, base_url if base_url.endswith("/v1") else f"{base_url}/v1"
    if asked not in set(Api):
        raise AgentNotConfigured(
            f'models.providers.{name}.api is "{asked}", which is not served; '
            f"use {', '.join(Api)} or {_OLLAMA} (most providers offer one of them)"
        )
    api = Api(asked)
    # The SDK adds /v1 itself here, and both spellings are found in existing configurations.
    return api, base_url.removesuffix("/v1") if api is Api.ANTHROPIC_MESSAGES else base_url


def _key(
    name: str,
    secret: Secret | None,
    known: KnownProvider | None,
    environ: Mapping[str, str],
    *,
    own_address: str | None,
) -> str | None:
    if secret is not None:
        return _revealed(f"models.providers.{name}.apiKey", secret, environ)
    variable = known.key_variable if known else f"{name.upper().replace('-', '_')}_API_KEY"
    key = environ.get(variable) if variable else None
    if not key and known and known.key_variable and not own_address:
        raise AgentNotConfigured(
            f'the provider "{name}" needs a key; set {known.key_variable} in the environment '
            f"or models.providers.{name}.apiKey"
        )
    return key or None


def _revealed(path: str, secret: Secret, environ: Mapping[str, str]) -> str:
    text = reveal(secret, environ)
    if text:
        return text
    match secret:
        case SecretRef(source="env", id=variable):
            raise AgentNotConfigured(
                f"{path} names the environment variable {variable}, which is not set; set it"
            )
        case SecretRef(source=source):
            raise AgentNotConfigured(
                f'{path} has the source "{source}", which is not served; use "env" or ${{VARIABLE}}'
            )
        case _:
            raise AgentNotConfigured(f"{path} is empty; set it or remove it")


def _headers(
    name: str, settings: Provider, model: Model, environ: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    headers = {
        key: _revealed(f"models.providers.{name}.headers.{key}", secret, environ)
        for key, secret in (settings.headers or {}).items()
    }
    return tuple(sorted((headers | dict(model.headers or {})).items()))


def _context_tokens(settings: Provider, model: Model, known: KnownProvider | None) -> int:
    said = model.context_tokens or model.context_window or settings.context_tokens or settings.context_window
    return _whole(said) or (known.context_tokens if known else DEFAULT_CONTEXT_TOKENS)


def _whole(number: float | None) -> int | None:
    return int(number) if number else None
