"""``/acp``: what people can say about outside agents. One module for each thing that can be done with them."""

from openclaw.turns.commands.acp.actions import ACTIONS
from openclaw.turns.commands.acp.carry_out import acp, takes_its_turn

__all__ = ["ACTIONS", "acp", "takes_its_turn"]
