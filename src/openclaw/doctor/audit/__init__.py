"""The security audit: who could get in, and at what. Judges the facts that the doctor gathers by another measure."""
