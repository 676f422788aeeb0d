# The part of google-re2 that is used; the package ships no types.
from collections.abc import Callable

class error(Exception):
    args: tuple[bytes | str]

class Match:
    def start(self) -> int: ...
    def end(self) -> int: ...

class Pattern:
    def search(self, text: str) -> Match | None: ...
    def sub(self, repl: str | Callable[[Match], str], text: str, count: int = 0) -> str: ...

class Options:
    log_errors: bool

def compile(pattern: str, options: Options | None = None) -> Pattern: ...
