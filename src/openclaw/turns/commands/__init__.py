"""Chat commands: what somebody who may give them can say to the gateway itself.

A command is the whole message: ``/word``, or ``/word rest`` where the command takes a rest. Some keep their place in
the lane (a reset must not overtake what was asked before it), the others are carried out at once. Directives and
shortcuts may also stand inside a message; the lane finds them when it takes it.

Nothing is imported here: whoever only wants to know a command by its word is not to load all that carries them out.
"""
