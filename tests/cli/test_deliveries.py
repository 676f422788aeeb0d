from __future__ import annotations

from openclaw.domain.delivery import Cause, DeliveryState, OutboundMessage
from openclaw.store import deliveries

from .conftest import ANN, ANNS_CHAT, DEFAULT, NOW, Installation


def test_open_deliveries_are_listed_and_settled_ones_on_request(installation: Installation):
    """What waits or is in doubt needs a look; what arrived does not (design 4)."""
    bubbles = [OutboundMessage(DEFAULT, ANNS_CHAT, "First"), OutboundMessage(DEFAULT, ANN, "Second")]

    def queue(tx: object) -> None:
        deliveries.queue(tx, Cause.OPERATOR, 1, bubbles, NOW)  # type: ignore[arg-type]

    installation.fill(queue)
    listed = installation.run("deliveries", "list", "--json").json["deliveries"]
    assert [(one["text"], one["state"]) for one in listed] == [("First", "queued"), ("Second", "queued")]
    out = installation.run("deliveries", "list").out
    assert "chat_id:7" in out
    assert ANN in out
    assert (
        installation.run("deliveries", "list", "--state", str(DeliveryState.CONFIRMED)).out
        == "No deliveries.\n"
    )


def test_nothing_open_says_so(installation: Installation):
    """An empty list is a sentence (promise 4)."""
    assert "nothing is in doubt" in installation.run("deliveries", "list").out
