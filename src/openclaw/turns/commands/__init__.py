"""Chat commands: what somebody who may give them can say to the gateway itself.

A command is the whole message: ``/word``, or ``/word rest`` where the command takes a rest. Some keep their place in
the lane (a reset must not overtake what was asked before it), the others are carried out at once. Directives and
shortcuts may also stand inside a message; the lane finds them when it takes it.
"""

from openclaw.turns.commands.aborts import abort_of
from openclaw.turns.commands.carry_out import CommandRunner, Say
from openclaw.turns.commands.lane import Lane
from openclaw.turns.commands.ports import Ports
from openclaw.turns.commands.recognise import command_of
from openclaw.turns.commands.rules import CommandRules, command_rules
from openclaw.turns.commands.words import APART, COMMANDS

__all__ = [
    "APART",
    "COMMANDS",
    "CommandRules",
    "CommandRunner",
    "Lane",
    "Ports",
    "Say",
    "abort_of",
    "command_of",
    "command_rules",
]
