from __future__ import annotations

from openclaw.control.login import CODE_LIFETIME_S, MOST_FAILURES, SESSION_LIFETIME_S, WINDOW_S, Door


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_a_code_lets_one_browser_in_once():
    """A code that was used says nothing any more, not even to who used it (issue: one-time code)."""
    door = Door("token", Clock())
    code = door.make_code()
    secret = door.enter(code)
    assert secret is not None
    assert door.has_session(secret)
    assert door.enter(code) is None


def test_codes_and_sessions_end_by_themselves():
    """A code lives 60 seconds, a session twelve hours (issue: login)."""
    clock = Clock()
    door = Door("token", clock)
    old, code = door.make_code(), door.make_code()
    clock.time += CODE_LIFETIME_S - 1
    secret = door.enter(code) or ""
    clock.time += 1
    assert door.enter(old) is None
    clock.time += SESSION_LIFETIME_S - 2
    assert door.has_session(secret)
    clock.time += 1
    assert not door.has_session(secret)


def test_codes_and_sessions_do_not_pile_up():
    """Whoever makes codes or logs in without end only pushes out the oldest."""
    door = Door("token", Clock())
    codes = [door.make_code() for _ in range(40)]
    assert door.enter(codes[0]) is None
    secrets = [door.enter(door.make_code()) or "" for _ in range(40)]
    assert not door.has_session(secrets[0])
    assert all(door.has_session(secret) for secret in secrets[-32:])


def test_codes_are_hard_to_guess_and_never_alike():
    """128 bits in a code, 256 in a session (issue: login)."""
    door = Door("token", Clock())
    codes = {door.make_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) >= 22 for code in codes)
    assert len(door.enter(codes.pop()) or door.enter(door.make_code()) or "") >= 43


def test_leaving_ends_one_session_and_tells():
    """The streams of a session end with it."""
    told: list[bool] = []
    door = Door("token", Clock(), on_leave=lambda: told.append(True))
    first, second = (door.enter(door.make_code()) or "" for _ in range(2))
    door.leave(first)
    door.leave("nobody")
    assert (door.has_session(first), door.has_session(second), told) == (False, True, [True])


def test_guessing_shuts_the_door_for_a_minute():
    """Ten wrong codes or tokens within a minute, then not even the right ones count (issue: lock-out)."""
    clock = Clock()
    door = Door("token", clock)
    code = door.make_code()
    for number in range(MOST_FAILURES // 2):
        door.enter(f"guess {number}")
        door.knows(f"guess {MOST_FAILURES + number}")
    assert door.lock.is_shut()
    assert door.enter(code) is None
    assert not door.knows("token")
    clock.time += WINDOW_S
    assert door.knows("token")


def test_a_program_that_was_not_told_shuts_nobody_out():
    """The same wrong token again and again guesses nothing; wrong ones in different minutes do not add up."""
    clock = Clock()
    door = Door("token", clock)
    for _ in range(100):
        assert not door.knows("old token")
    for number in range(3 * MOST_FAILURES):
        door.knows(f"guess {number}")
        clock.time += WINDOW_S / (MOST_FAILURES - 1)
    assert door.knows("token")
