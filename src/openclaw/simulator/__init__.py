"""A Mac that is not there: an `imsg` look-alike over a real Messages database, and a phone to type on.

Nothing is imported here on purpose: the look-alike runs three times beside every gateway and loads only what it
needs. `phone` is the room for whoever plays the other side, `imsg` the program, `versions` what differs by release.
For the same reason the values of the program are named tuples: dataclasses would cost each of these processes two
megabytes and a third of its start-up time.
"""
