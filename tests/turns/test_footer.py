"""The lines below an answer."""

from __future__ import annotations

from openclaw.config.sections.models import Cost
from openclaw.domain.sessions import SessionSettings
from openclaw.domain.turns import Finished
from openclaw.turns.commands.catalog import Catalog, Offer
from openclaw.turns.footer import footer

PRICED = Catalog((Offer("test/echo", cost=Cost(input=3, output=15)), Offer("test/half", cost=Cost(input=3))))


def test_nothing_is_added_unasked() -> None:
    """The defaults."""
    assert footer(SessionSettings(), Finished("m", 1, 2), ["tool"], PRICED) == ""


def test_a_cost_is_told_only_where_both_prices_are_known() -> None:
    """models.providers.*.models[].cost, in dollars for a million tokens."""
    asked = SessionSettings(usage="cost")
    said = footer(asked, Finished("test/echo", 100_000, 10_000), [], PRICED)
    assert said == "Cost: $0.4500 (Tokens: 100000 in, 10000 out)"
    assert footer(asked, Finished("test/half", 1, 1), [], PRICED).startswith("Cost: not known")


def test_a_model_that_does_not_count_is_not_counted_for() -> None:
    """Zero tokens means that it did not say."""
    assert (
        footer(SessionSettings(usage="tokens"), Finished("m"), [], PRICED)
        == "Tokens: the model does not tell"
    )


def test_what_was_done_is_told_by_name_once_each_and_not_without_end() -> None:
    """Names alone: what else a runtime tells of a call is for the log."""
    did = [f"tool{number}" for number in range(20)]
    said = footer(SessionSettings(verbose="on"), Finished("m"), [*did, "tool1", "x" * 100], PRICED)
    assert said.startswith("Did: tool0, tool1, ")
    assert said.endswith(" and 9 more")
