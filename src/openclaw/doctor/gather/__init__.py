"""Looking: one module per theme, which finds the facts for the check of the same name. Nothing here judges."""
