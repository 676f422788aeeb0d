"""Run it, in order, once: lanes, the turn runner, prompts and chat commands."""
