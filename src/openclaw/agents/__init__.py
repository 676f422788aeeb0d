"""The agent edge: runtimes behind the port `AgentRuntime`, and the models they speak to."""
