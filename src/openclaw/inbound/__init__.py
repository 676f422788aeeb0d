"""May this message become a turn? The gates in their one order, as pure functions."""
