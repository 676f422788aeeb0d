"""Files made fit for an agent: what they are, how they are called, and smaller or plainer forms of them.

Nothing here opens what a stranger sent in the gateway's own process: that is done in a bounded child (``child``).
"""
