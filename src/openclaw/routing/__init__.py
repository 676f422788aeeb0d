"""Which agent, which conversation: bindings, session keys, resets. Pure."""
