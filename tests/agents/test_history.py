"""What of a transcript fits, over generated transcripts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw.agents.history import ENTRY_TOKENS, estimate_tokens, fit_history, fit_words
from openclaw.domain.sessions import SUMMARY, TranscriptEntry

transcripts = st.lists(
    st.builds(TranscriptEntry, st.sampled_from(["user", "assistant"]), st.text(max_size=40))
)
budgets = st.integers(-10, 400)


def _cost(entries: tuple[TranscriptEntry, ...]) -> int:
    return sum(estimate_tokens(entry.text) + ENTRY_TOKENS for entry in entries)


@given(transcripts, budgets)
def test_what_is_kept_fits_and_is_the_newest_part(entries: list[TranscriptEntry], budget: int) -> None:
    """The oldest is dropped until the rest fits the context limit (design 8)."""
    kept = fit_history(entries, budget)
    assert _cost(kept) <= max(budget, 0)
    assert list(kept) == entries[len(entries) - len(kept) :]


@given(transcripts, budgets)
def test_what_is_kept_begins_with_a_whole_question(entries: list[TranscriptEntry], budget: int) -> None:
    """Exchanges stay whole, since models refuse a conversation that begins with an answer (design 8)."""
    kept = fit_history(entries, budget)
    before = entries[: len(entries) - len(kept)]
    assert not kept or kept[0].role == "user"
    assert not kept or not before or before[-1].role == "assistant"


@given(transcripts, budgets)
def test_no_older_exchange_would_have_fitted_too(entries: list[TranscriptEntry], budget: int) -> None:
    """Nothing is forgotten without need: a larger budget never keeps less (design 8)."""
    assert len(fit_history(entries, budget)) <= len(fit_history(entries, budget + 50))
    from_the_first_question = next(
        (n for n, entry in enumerate(entries) if entry.role == "user"), len(entries)
    )
    assert fit_history(entries, 10**6) == tuple(entries[from_the_first_question:])


@given(st.text())
def test_the_estimate_grows_with_the_bytes(text: str) -> None:
    """Two bytes a token is more than any tokenizer needs, in every script (history.py)."""
    assert estimate_tokens(text) * 2 >= len(text.encode("utf-8", "replace"))


def test_a_summary_stays_in_front_of_what_fits() -> None:
    """Nothing else remembers what it stands for, so it goes last; one that is too large itself goes too."""
    summary, said = TranscriptEntry(SUMMARY, "s" * 20), [TranscriptEntry("user", "u" * 200)] * 3
    assert fit_history([summary, *said], 100) == (summary,)
    assert fit_history([summary, *said], 2000) == (summary, *said)
    assert fit_history([summary], 5) == ()


@given(st.text(max_size=300), st.text(max_size=300), st.integers(0, 200))
def test_what_is_said_now_fits_whatever_it_is(about: str, text: str, budget: int) -> None:
    """A text of 100 kB never breaks a window; what stands beside it goes first, and a cut is visible."""
    kept, said = fit_words(about, text, budget)
    assert (kept in ("", about), said == text or "left out" in said) == (True, True)
    if estimate_tokens(about) + estimate_tokens(text) <= budget:
        assert (kept, said) == (about, text)
    elif budget > 40:
        assert estimate_tokens(kept) + estimate_tokens(said) <= budget
