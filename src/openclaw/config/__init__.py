"""The configuration: the only place that knows the key names of the file.

Quick commands import ``openclaw.config.locations`` alone, so nothing is imported here.
"""
