import pytest

from openclaw.config.reader import read_section
from openclaw.config.sections.messages import Messages


def test_defaults_are_those_of_the_original_and_of_our_own_keys():
    """A.11, and the table of own keys in the design."""
    value, _ = read_section(Messages, {})
    assert (value.queue.mode, value.queue.debounce_ms, value.queue.cap, value.queue.drop) == (
        "collect",
        1000,
        20,
        "summarize",
    )
    assert (value.late.after_minutes, value.late.max_turns, value.late.policy) == (10, 3, "digest")
    fuse = value.fuse
    assert (fuse.per_contact_per_minute, fuse.new_contacts_per_hour, fuse.per_account_per_minute) == (
        20,
        5,
        60,
    )
    assert value.loop.max_turns_per_minute == 30


@pytest.mark.parametrize(
    "mode", ["steer", "followup", "collect", "steer-backlog", "steer+backlog", "queue", "interrupt"]
)
def test_every_queue_mode_of_the_original_is_accepted(mode):
    """Also per channel (A.11)."""
    value, findings = read_section(Messages, {"queue": {"mode": mode, "byChannel": {"imessage": mode}}})
    assert (value.queue.mode, value.queue.by_channel.imessage, findings.issues) == (mode, mode, [])


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"queue": {"mode": "fifo"}}, "queue.mode"),
        ({"queue": {"byChannel": {"imessage": "fifo"}}}, "queue.byChannel.imessage"),
        ({"queue": {"debounceMsByChannel": {"imessage": -1}}}, "queue.debounceMsByChannel.imessage"),
        ({"queue": {"cap": 0}}, "queue.cap"),
        ({"groupChat": {"historyLimit": 0}}, "groupChat.historyLimit"),
        ({"groupChat": {"mentionPatterns": "x"}}, "groupChat.mentionPatterns"),
        ({"late": {"policy": "drop"}}, "late.policy"),
        ({"loop": {"maxTurnsPerMinute": 0}}, "loop.maxTurnsPerMinute"),
        ({"fuse": {"newContactsPerHour": "5"}}, "fuse.newContactsPerHour"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Messages, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
