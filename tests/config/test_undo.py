import pytest

from openclaw.config.change import Change, change_file
from openclaw.config.history import past_changes
from openclaw.config.undo import undo
from openclaw.errors import ConfigInvalid, ConfigRefused, NotFound

FILE = '\ufeff{\r\n  // mine\r\n  gateway: { port: 4000, auth: { token: "s3cret" } },\r\n}\r\n'
PORT = ("gateway", "port")


def change(place, *changes, environ=None):
    return change_file(
        place, environ or {}, [Change(path, value) for path, value in changes], by="chat +15550100001"
    )


@pytest.fixture
def file(place):
    place.config_path.write_bytes(FILE.encode())
    return place.config_path


def test_undo_puts_every_byte_back(place, file):
    """Line ends, mark and comments."""
    change(place, (PORT, 4001), (("store", "retentionDays"), 30))
    undone = undo(place, {}, by="cli")
    assert file.read_bytes() == FILE.encode()
    assert (undone.change.by, undone.path) == ("chat +15550100001", file)
    assert undone.what == ("undo of set gateway.port, set store.retentionDays",)


def test_undoing_it_again_brings_the_change_back(place, file):
    """Taking back is a change like any other, and in the history."""
    after = change(place, (PORT, 4001)).after
    for text in (FILE, after, FILE):
        undo(place, {}, by="cli")
        assert file.read_bytes() == text.encode()
    assert [one.what[0].split(" of ")[0] for one in past_changes(place)] == [
        "undo",
        "redo",
        "undo",
        "set gateway.port",
    ]


def test_a_file_that_was_made_goes_and_comes_back(place):
    """As it was before: not there."""
    change(place, (PORT, 4001))
    undo(place, {}, by="cli")
    assert not place.config_path.exists()
    undo(place, {}, by="cli")
    assert "4001" in place.config_path.read_text()


def test_nothing_to_undo_is_said(place):
    """There is no history before the first change."""
    with pytest.raises(NotFound, match="nothing to undo"):
        undo(place, {}, by="cli")


def test_an_edit_by_hand_is_not_undone_unknowingly(place, file):
    """Refused with what would become of the file, secrets masked; forced, it can be taken back like any change."""
    change(place, (PORT, 4001))
    by_hand = file.read_bytes().decode().replace("// mine", "// mine too")
    file.write_bytes(by_hand.encode())
    with pytest.raises(ConfigRefused, match="changed by hand") as raised:
        undo(place, {}, by="cli")
    assert "+  // mine\n" in str(raised.value)
    assert "s3cret" not in str(raised.value)
    assert file.read_bytes() == by_hand.encode()
    undo(place, {}, by="cli", force=True)
    assert file.read_bytes() == FILE.encode()
    undo(place, {}, by="cli")
    assert file.read_bytes() == by_hand.encode()


def test_a_text_that_can_no_longer_be_used_is_not_put_back(place, file):
    """A variable may have gone since."""
    change(place, (("gateway", "auth", "token"), "${TOKEN}"), environ={"TOKEN": "t"})
    change(place, (("gateway", "auth", "token"), "x"))
    with pytest.raises(ConfigInvalid, match="TOKEN"):
        undo(place, {}, by="cli")
    assert '"x"' in file.read_text()


def test_a_trial_changes_nothing(place, file):
    """The same answer, without the writing."""
    after = change(place, (PORT, 4001)).after
    undone = undo(place, {}, by="cli", dry_run=True)
    assert (undone.before, undone.after) == (after, FILE)
    assert file.read_bytes() == after.encode()
    assert len(past_changes(place)) == 1


def test_a_change_of_an_included_file_is_undone_there(place):
    """Where it was made."""
    place.config_path.write_text('{ agents: { $include: "agents.json5" } }')
    part = place.state_dir / "agents.json5"
    part.write_text("{ list: [] }")
    change(place, (("agents", "list", 0), {"id": "a"}))
    undo(place, {}, by="cli")
    assert part.read_text() == "{ list: [] }"
