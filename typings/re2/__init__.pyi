# The part of google-re2 that is used; the package ships no types.
class error(Exception):
    args: tuple[bytes | str]

class Match: ...

class Pattern:
    def search(self, text: str) -> Match | None: ...

def compile(pattern: str) -> Pattern: ...
