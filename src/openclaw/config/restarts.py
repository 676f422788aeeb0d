"""Restarts: what of the configuration counts only from the gateway's start on. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.sections.root import Config


def restart_keys(before: Config, after: Config) -> Iterator[str]:
    """The keys that differ and count only from a start on: where the gateway listens, and where its state is."""
    for key, one, other in (
        ("gateway.port", before.gateway.port, after.gateway.port),
        ("gateway.mode", before.gateway.mode, after.gateway.mode),
        ("gateway.bind", before.gateway.bind, after.gateway.bind),
        ("gateway.auth", before.gateway.auth, after.gateway.auth),
        ("store.url", before.store.url, after.store.url),
    ):
        if one != other:
            yield key
