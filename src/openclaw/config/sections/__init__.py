"""The sections of the file, one module each: keys, types, and the rules between them; nothing is resolved here."""
