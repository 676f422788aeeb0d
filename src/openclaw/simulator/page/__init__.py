"""The phone in a browser: the people who write to the simulated account, and what their Mac does wrong.

`phone_app` is the one door. It knows the database and the settings beside it, never a gateway.
"""

from openclaw.simulator.page.app import phone_app

__all__ = ["phone_app"]
