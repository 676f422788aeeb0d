"""``services``: what a message service is trusted with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTrust:
    """The whole section; an SMS sender is easily forged, so the owner's rights need a word by SMS."""

    sms_owner: bool = False
