"""Asking a person: a choice, a text, a secret, a yes, a word typed out. Works on a terminal and with a pipe.

An answer given beforehand (a flag) is checked and not asked for. It must not know what is asked about.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

Check = Callable[[str], str | None]
"""Returns what is wrong with an answer, or None."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go: the word that names it in flags, its line, and what it means for the people concerned."""

    word: str
    title: str
    meaning: str = ""


class Talk:
    """A conversation at the prompt. With ``assume`` nothing is asked and every default is taken.

    Everything goes to standard error when ``aside`` is set, so that standard output holds nothing but the result.
    Asking raises click.Abort at the end of the input and on Ctrl-C.
    """

    def __init__(self, *, assume: bool, aside: bool) -> None:
        self.assume = assume
        self._aside = aside

    def say(self, text: str = "") -> None:
        """Show a paragraph; with ``assume`` there is nobody to read it."""
        if not self.assume:
            click.echo(text, err=self._aside)

    def tell(self, text: str) -> None:
        """Show what matters to a person and to a log alike."""
        click.echo(text, err=self._aside)

    def choose(self, flag: str, question: str, options: Sequence[Option], default: str) -> str:
        """Return the word of one of ``options``, chosen by number or word."""
        if self.assume:
            return default
        self.say(f"\n{question}")
        words = [option.word for option in options]
        for number, option in enumerate(options, 1):
            self.say(f"  {number}. {option.title}" + (f"\n     {option.meaning}" if option.meaning else ""))
        numbered = {str(number): word for number, word in enumerate(words, 1)}
        shown = str(words.index(default) + 1)

        def known(text: str) -> str | None:
            return (
                None if text in numbered or text in words else f"answer with a number from 1 to {len(words)}"
            )

        chosen = self.text(flag, "Your choice", shown, known)
        return numbered.get(chosen, chosen)

    def text(self, flag: str, question: str, default: str = "", check: Check | None = None) -> str:
        """Return a line of text that ``check`` finds nothing wrong with.

        Raises click.UsageError when the default itself does not do and nobody can be asked.
        """
        if self.assume:
            if problem := check(default) if check else None:
                raise click.UsageError(f"{problem}; use {flag}")
            return default
        while True:
            answer = str(click.prompt(question, default=default, show_default=bool(default), err=self._aside))
            problem = check(answer.strip()) if check else None
            if problem is None:
                return answer.strip()
            self.tell(f"  {problem}")

    def secret(self, question: str) -> str:
        """Return a line that a terminal does not show; empty when the person declines."""
        hidden = sys.stdin.isatty()
        answer = click.prompt(question, default="", show_default=False, hide_input=hidden, err=self._aside)
        return str(answer).strip()

    def agree(self, question: str, *, default: bool) -> bool:
        """Return whether the person says yes."""
        return default if self.assume else click.confirm(question, default=default, err=self._aside)

    def typed(self, word: str, why: str, given: str | None, flag: str) -> bool:
        """Return whether the person typed ``word`` out, which ``given`` may have done beforehand.

        Raises click.UsageError when it is needed, was not given, and nobody can be asked.
        """
        if given is not None and given.strip().lower() == word:
            return True
        if self.assume:
            raise click.UsageError(f'{why} To say that this is meant: {flag} "{word}"')
        self.say(f"\n{why}")
        answer = click.prompt(
            f"Type {word} to go on, or press Enter to choose again",
            default="",
            show_default=False,
            err=self._aside,
        )
        return str(answer).strip().lower() == word


def refuse(problem: str | None, flag: str, value: str) -> None:
    """Raise click.UsageError when there is a ``problem`` with what a flag said."""
    if problem:
        raise click.UsageError(f"{flag} {value}: {problem}")
