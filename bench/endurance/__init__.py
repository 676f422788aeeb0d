"""The soak: hours of mixed traffic with faults, and the count of what came of it."""
