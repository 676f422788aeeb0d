"""``/acp``: what people can say about outside agents. One module for each thing that can be done with them."""

from openclaw.turns.commands.acp.actions import ACTIONS
from openclaw.turns.commands.acp.carry_out import acp
from openclaw.turns.commands.acp.underway import Underway

__all__ = ["ACTIONS", "Underway", "acp"]
