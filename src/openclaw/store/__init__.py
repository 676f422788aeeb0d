"""Durable state; the only place with SQL.

Stages hand a function to :meth:`Ledger.write` or :meth:`Ledger.read` and call the functions of this package in it, each
with the transaction as its first argument; a transaction spans as many of them as belong together.
"""

from openclaw.store.ledger import FILE_NAME, Ledger, Tx, open_ledger
from openclaw.store.lock import lock_state

__all__ = ["FILE_NAME", "Ledger", "Tx", "lock_state", "open_ledger"]
