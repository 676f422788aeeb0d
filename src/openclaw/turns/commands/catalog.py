"""The catalog: which models a person may choose from, by which names, and what each costs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openclaw.config.agents import resolve_agents
from openclaw.config.sections.models import Cost
from openclaw.config.sections.root import Config

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """One model: ``ref`` is ``provider/model``, ``alias`` its short name or "", ``cost`` ``None`` when not known."""

    ref: str
    alias: str = ""
    cost: Cost | None = None

    @property
    def provider(self) -> str:
        """Whose it is, in small letters."""
        return self.ref.partition("/")[0].lower()


@dataclass(frozen=True, slots=True)
class Catalog:
    """The models on offer, in the order in which they are numbered for people.

    ``providers`` may be asked for any model of theirs; none where the configuration lists the models itself.
    """

    offers: tuple[Offer, ...] = ()
    providers: frozenset[str] = frozenset()

    def resolve(self, name: str) -> str:
        """The ``provider/model`` that an alias, a number of the list, a model's name or a reference means, or ""."""
        said = name.strip().lower()
        if said.isascii() and said.isdigit():
            place = int(said[:6]) - 1
            return self.offers[place].ref if 0 <= place < len(self.offers) else ""
        for offer in self.offers:
            if said in (offer.alias.lower(), offer.ref.lower()) and said:
                return offer.ref
        provider, slash, model = name.strip().partition("/")
        if slash:
            return f"{provider.lower()}/{model}" if model and provider.lower() in self.providers else ""
        named = {offer.ref for offer in self.offers if offer.ref.lower().partition("/")[2] == said}
        return named.pop() if len(named) == 1 else ""

    @property
    def offered_by(self) -> tuple[str, ...]:
        """The providers of what is on offer, in its order."""
        return tuple(dict.fromkeys(offer.provider for offer in self.offers))

    def first_of(self, provider: str) -> str:
        """The first ``provider/model`` on offer of a provider, or ""."""
        said = provider.strip().lower()
        return next((offer.ref for offer in self.offers if offer.provider == said), "")

    def names(self, name: str) -> bool:
        """Whether ``name`` means any model."""
        return bool(self.resolve(name))

    def price(self, ref: str, input_tokens: int, output_tokens: int) -> float | None:
        """What an answer cost, in dollars; ``None`` when nobody said what the model costs."""
        cost = next((offer.cost for offer in self.offers if offer.ref == ref), None)
        if cost is None or cost.input is None or cost.output is None:
            return None
        return (input_tokens * cost.input + output_tokens * cost.output) / _MILLION


def catalog_of(config: Config) -> Catalog:
    """What the configuration offers: the agents' models, ``agents.defaults.models``, and those of the providers.

    ``agents.defaults.models`` is, when it is there, the whole list beside the agents' own models.
    """
    listed = config.agents.defaults.models or {}
    offers = {ref: Offer(ref, _alias(config, ref), _cost(config, ref)) for ref in _refs(config)}
    used = {ref.partition("/")[0].lower() for ref in offers if "/" in ref}
    configured = {name.lower() for name in config.models.providers or {}}
    return Catalog(tuple(offers.values()), frozenset() if listed else frozenset(used | configured))


def _refs(config: Config) -> Iterator[str]:
    for agent in resolve_agents(config):
        yield from filter(None, (agent.model_primary, *agent.model_fallbacks))
    listed = config.agents.defaults.models or {}
    yield from listed
    if not listed:
        for name, provider in (config.models.providers or {}).items():
            yield from (f"{name.lower()}/{model.id}" for model in provider.models)


def _alias(config: Config, ref: str) -> str:
    entry = (config.agents.defaults.models or {}).get(ref)
    return (entry.alias or "").strip() if entry else ""


def _cost(config: Config, ref: str) -> Cost | None:
    name, _, model_id = ref.partition("/")
    for key, provider in (config.models.providers or {}).items():
        if key.lower() == name.lower():
            return next((model.cost for model in provider.models if model.id == model_id), None)
    return None


def numbered(offers: Sequence[Offer], chosen: str, provider: str = "") -> list[str]:
    """The models as lines for people, with the one marked that answers; only those of ``provider`` where one is named.

    Each keeps its number.
    """
    return [
        f"{place}. {offer.ref}"
        + (f" ({offer.alias})" if offer.alias else "")
        + (" <- now" if offer.ref == chosen else "")
        for place, offer in enumerate(offers, 1)
        if not provider or offer.provider == provider
    ]
