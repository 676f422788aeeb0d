"""A self-hosted gateway that puts AI agents behind an iMessage account."""

__version__ = "0.1.0"
