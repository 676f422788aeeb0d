"""Whether each agent's models can be asked, and with a deep look what their providers answer to one request."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from openclaw.agents.catalog import LOCAL_PROVIDER, resolve_model
from openclaw.agents.endpoint import Api, ModelEndpoint
from openclaw.agents.local_model import packages_installed
from openclaw.config.acp import AcpSettings, acp_settings, bound_programs
from openclaw.config.agents import AgentConfig, resolve_agents
from openclaw.config.installed import way_of
from openclaw.config.secrets import mask_text
from openclaw.config.sections.models import Provider
from openclaw.doctor.checks.agents import AcpFacts, Answer, ModelFacts
from openclaw.doctor.visit import Visit
from openclaw.domain.acp import outside_name
from openclaw.errors import AgentNotConfigured, StoreError
from openclaw.store import FILE_NAME, acp_bindings
from openclaw.store.view import open_view

# A list of models is a look into a table at the provider's; who takes longer is in trouble.
_ANSWER_S = 10.0
_LONGEST_ANSWER = 4 * 1024 * 1024
_ANTHROPIC_VERSION = "2023-06-01"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the key in the request is meant for the address in the configuration."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        """Nothing further is asked; the redirection itself is the answer."""


_OPENER = urllib.request.build_opener(_StayHere)


async def agents(visit: Visit) -> list[ModelFacts | AcpFacts]:
    """Every model of every agent, each provider asked once at most, and every outside agent that is wanted."""
    if visit.loaded is None:
        return []
    found: list[ModelFacts | AcpFacts] = []
    asked: dict[tuple[str, str | None], Answer] = {}
    for agent in resolve_agents(visit.loaded.config):
        if agent.runtime == "acp":
            continue
        for ref in filter(None, (agent.model_primary, *agent.model_fallbacks)):
            found.append(await _model(visit, agent, ref, asked))
    bound = await asyncio.to_thread(_bound, visit)
    return found + await asyncio.to_thread(_outside, visit, bound)


def _bound(visit: Visit) -> list[str]:
    """The outside agents that conversations are bound to in the chat."""
    try:
        with open_view(visit.locations.state_dir / FILE_NAME) as tx:
            found = acp_bindings.every(tx)
    except StoreError:
        # What is wrong with the ledger, its own look says.
        return []
    return [name for one in found if (name := outside_name(one.agent))]


def _outside(visit: Visit, bound: list[str]) -> list[ModelFacts | AcpFacts]:
    if visit.loaded is None:
        return []
    settings = acp_settings(visit.loaded.config)
    names = dict.fromkeys([*settings.specs, *bound_programs(visit.loaded.config), *bound])
    if settings.default_agent:
        names |= {settings.default_agent: None}
    return [_program(name, settings, visit) for name in names]


def _program(name: str, settings: AcpSettings, visit: Visit) -> AcpFacts:
    harness = settings.harnesses.get(settings.spec(name).harness)
    return AcpFacts(
        name,
        settings.spec(name).harness,
        known=harness is not None,
        installed=harness is not None and way_of(harness, visit.environ) is not None,
        allowed=settings.may_run(name),
        enabled=settings.enabled and settings.dispatches,
        install=harness.install if harness else "",
    )


async def _model(
    visit: Visit, agent: AgentConfig, ref: str, asked: dict[tuple[str, str | None], Answer]
) -> ModelFacts:
    loaded = visit.loaded
    providers: Mapping[str, Provider] = (loaded.config.models.providers or {}) if loaded else {}
    is_fallback = ref != agent.model_primary
    try:
        endpoint = resolve_model(ref, providers, loaded.environment if loaded else visit.environ)
    except AgentNotConfigured as error:
        return ModelFacts(agent.id, ref, is_fallback, problem=str(error))
    is_local = endpoint.provider == LOCAL_PROVIDER
    answer = None
    if visit.deep and not is_local:
        key = (endpoint.base_url, endpoint.api_key)
        answer = asked[key] = asked.get(key) or await asyncio.to_thread(ask_provider, endpoint)
    return ModelFacts(
        agent.id,
        ref,
        is_fallback,
        mask_text(endpoint.base_url),
        answer=answer,
        is_local=is_local,
        local_installed=is_local and packages_installed(),
    )


def ask_provider(endpoint: ModelEndpoint) -> Answer:
    """What the provider says to a request for its list of models; nothing is asked of a model. Never raises."""
    # The catalog lets only http and https through.
    request = urllib.request.Request(_address(endpoint), headers=_headers(endpoint))  # noqa: S310
    try:
        with _OPENER.open(request, timeout=_ANSWER_S) as response:
            return Answer(response.status, offers=_offers(response.read(_LONGEST_ANSWER), endpoint.model))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return Answer(None, str(reason) or type(error).__name__)


def _address(endpoint: ModelEndpoint) -> str:
    """Where the list of models is; without a user and password, which belong into a header and into no message."""
    path = "/v1/models" if endpoint.api is Api.ANTHROPIC_MESSAGES else "/models"
    parts = urlsplit(f"{endpoint.base_url.rstrip('/')}{path}")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _login(endpoint: ModelEndpoint) -> dict[str, str]:
    user, at, _ = urlsplit(endpoint.base_url).netloc.rpartition("@")
    return {"Authorization": f"Basic {b64encode(unquote(user).encode()).decode()}"} if at else {}


def _headers(endpoint: ModelEndpoint) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "openclaw-doctor", **_login(endpoint)}
    headers |= dict(endpoint.headers)
    if endpoint.api is Api.ANTHROPIC_MESSAGES:
        headers["anthropic-version"] = _ANTHROPIC_VERSION
        key = {"x-api-key": endpoint.api_key} if endpoint.api_key else {}
    else:
        key = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
    return headers | key


def _offers(body: bytes, model: str) -> bool | None:
    """Whether the list names ``model``; ``None`` when it is no list, or shows a page of more."""
    try:
        document: Any = json.loads(body)
    except ValueError:
        return None
    listed = cast("dict[str, Any]", document).get("data") if isinstance(document, dict) else None
    if not isinstance(listed, list) or cast("dict[str, Any]", document).get("has_more"):
        return None
    entries = [cast("dict[str, Any]", one) for one in cast("list[Any]", listed) if isinstance(one, dict)]
    names = [str(one.get("id")) for one in entries]
    return any(name in (model, f"{model}:latest") for name in names) if names else None
