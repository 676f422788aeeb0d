"""What the gateway costs: figures for a person to read, never a verdict."""
