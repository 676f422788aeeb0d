"""What this Mac says about itself."""

from __future__ import annotations

from openclaw.simulator import status
from openclaw.simulator.versions import version


def test_the_snapshot_without_a_database_offers_what_works_without() -> None:
    """`methods` is what is usable now, `supported_methods` all (imsg contract 1.10)."""
    found = status.snapshot(version("0.14.0"), "/x/chat.db", ready=False, reason="gone")
    assert found["database"] == {"path": "/x/chat.db", "ready": False, "error": "gone"}
    assert set(found["methods"]) == {"initialize", "status", "watch.unsubscribe", "send"}
    assert set(found["supported_methods"]) == set(version("0.14.0").methods)


def test_nothing_that_needs_the_helper_is_offered() -> None:
    """The protection of this Mac is on."""
    found = status.snapshot(version("0.14.0"), "/x/chat.db", ready=True)
    assert "tapback" not in found["methods"]
    assert status.report(version("0.9.0"))["advanced_features"] is False
