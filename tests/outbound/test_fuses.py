"""How much may be sent before sending stops (decision 011)."""

from __future__ import annotations

import pytest

from openclaw.outbound.fuses import Fuses, Pace, tripped


@pytest.mark.parametrize(
    ("pace", "account", "names"),
    [
        (Pace(59, 19, None), None, ""),
        (Pace(59, 19, 4), None, ""),
        (Pace(60, 0), True, "perAccountPerMinute"),
        (Pace(60, 20, 5), True, "perAccountPerMinute"),
        (Pace(20, 20), False, "perContactPerMinute"),
        (Pace(0, 0, 5), False, "newContactsPerHour"),
    ],
)
def test_one_more_than_the_limit_blows_the_fuse(pace: Pace, account: bool | None, names: str) -> None:
    """The limits are what may be sent; the reason names the key that holds them."""
    trip = tripped(Fuses(), pace)
    if account is None:
        assert trip is None
    else:
        assert trip is not None
        assert trip.whole_account is account
        assert names in trip.reason
