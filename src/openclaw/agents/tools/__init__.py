"""The tools that come with the program, one module a family, and what carries out a model's calls of any tool.

Nothing is imported here: see ``registry``.
"""
