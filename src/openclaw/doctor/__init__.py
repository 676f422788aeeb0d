"""The doctor: looks at everything that can keep an installation from answering, and says what helps.

``gather`` looks and judges nothing; ``checks`` judges what was found and looks at nothing; ``examination`` runs both,
each part within a bound of its own. ``audit`` asks of the same facts how safe they are.
"""
