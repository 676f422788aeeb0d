"""The checks, one module per theme: facts come in, findings come out. Nothing here looks at anything."""
