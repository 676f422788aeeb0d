"""Abort words: what people say when an answer is to stop. They are commands only while there is something to stop.

Behaviour facts D.12. Which of them mean it is not decided here.
"""

from __future__ import annotations

import unicodedata

from openclaw.domain.commands import Command
from openclaw.turns.commands.words import BY_WORD, STOP

_ENDINGS = " \t\n.!?…,;:。！？、،؟।"
_WORDS = frozenset(
    """
    /stop
    stop|stop it|stop now|stop please|please stop|stop that|stop action|stop run|stop the run|stop answering
    esc|abort|wait|exit|halt|interrupt|cancel that
    stopp|stoppen|bitte stopp|stopp bitte|halt an|anhalten|aufhören|hör auf|abbrechen|abbruch
    para|parar|detente|detén|alto|basta|por favor para
    arrête|arrete|arrêter|arrêtez|stoppe|ça suffit
    стоп|остановись|останови|остановить|хватит|прекрати
    止めて|やめて|ストップ|停止|中止
    停|停下|停一下|别说了|住手|取消
    रुको|रुकिए|रोको|बंद करो
    توقف|قف|أوقف|كفى
    """.strip()
    .replace("\n", "|")
    .split("|")
)
ABORT_WORDS = frozenset(unicodedata.normalize("NFC", word.strip()).casefold() for word in _WORDS)
"""The words in the form in which they are compared."""


def abort_of(text: str) -> Command | None:
    """The command that the whole of ``text`` is where something can be stopped; its case and ending do not matter."""
    said = unicodedata.normalize("NFC", " ".join(text.replace("\ufffc", "").split())).casefold()
    return BY_WORD[STOP] if said.strip(_ENDINGS) in ABORT_WORDS else None
