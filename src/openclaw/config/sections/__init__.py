"""The sections of the file, one module each: keys, types and the rules between them; values as written, nothing resolved."""
