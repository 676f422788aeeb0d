"""Our own agent served to programs that speak the Agent Client Protocol: editors, and other clients of agents.

``agent`` is the protocol, ``talk`` one session of it. It knows no phone, no ledger and no gateway. The protocol's
library is imported with these modules, which are imported by ``openclaw acp`` alone (decision 001).
"""
