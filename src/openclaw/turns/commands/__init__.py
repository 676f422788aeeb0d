"""Chat commands: what an allowed sender may say to the gateway itself.

A command is the whole message: ``/word``, or ``/word rest`` where the command takes a rest. Some keep their place in
the lane (a reset must not overtake what was asked before it), the others are answered at once.
"""

from openclaw.turns.commands.answers import answer
from openclaw.turns.commands.carry_out import Moment, carry_out
from openclaw.turns.commands.words import COMMANDS, command_of, rest_of

__all__ = ["COMMANDS", "Moment", "answer", "carry_out", "command_of", "rest_of"]
