"""The agent edge: runtimes behind the port `AgentRuntime`, and the models they speak to.

Nothing is imported here: a command that only needs the catalog must not pay for the runtimes.
"""
