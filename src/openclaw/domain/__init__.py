"""The words of the product as values: no I/O, no clock, no logging.

Every other package speaks in these; none of them knows where a value came from or where it goes.
"""
