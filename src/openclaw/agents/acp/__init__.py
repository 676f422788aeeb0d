"""Outside agents, spoken to over the Agent Client Protocol: one child process for each of their sessions.

The protocol's library is imported by ``session`` and what it is made of (``exchange``, ``guest``, ``grants``,
``updates``, ``wire``, ``servers`` and others), which the loader loads with the first agent that is needed.
"""
