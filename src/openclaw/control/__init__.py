"""The gateway's own HTTP interface: health, metrics, and what the operator does."""
