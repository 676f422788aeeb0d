import pytest

from openclaw.config.guards import refuse_growing, refuse_nonsense, refuse_replacing, refuse_shrinking
from openclaw.errors import ConfigRefused


@pytest.mark.parametrize(
    "path",
    [("channels",), ("channels", "imessage"), ("channels", "telegram"), ("channels", "imessage", "accounts")],
)
def test_a_whole_channel_is_not_replaced_by_accident(path):
    """All channels, one, or its accounts (facts I.3); what is empty can be filled."""
    with pytest.raises(ConfigRefused, match="say --replace"):
        refuse_replacing(path, {"x": 1})
    with pytest.raises(ConfigRefused, match="would go with all that is in it"):
        refuse_replacing(path, {"x": 1}, remove=True)
    refuse_replacing(path, {})
    refuse_replacing(path, None)


@pytest.mark.parametrize(
    "path", [("channels", "defaults"), ("channels", "imessage", "groups"), ("agents",), ("accounts",)]
)
def test_anything_smaller_may_be_replaced(path):
    """The rest is what its owner says."""
    refuse_replacing(path, {"x": 1})


def test_a_file_does_not_lose_half_of_itself_by_accident():
    """Above 512 bytes (facts A.4)."""
    refuse_shrinking("x" * 512, "")
    refuse_shrinking("x" * 600, "x" * 300)
    with pytest.raises(ConfigRefused, match="600 bytes would become 299"):
        refuse_shrinking("x" * 600, "x" * 299)
    with pytest.raises(ConfigRefused):
        refuse_shrinking("é" * 300, "x" * 299)


def test_a_file_does_not_become_one_that_cannot_be_read():
    """2 MiB are read (A.2)."""
    refuse_growing("x" * 2**21)
    with pytest.raises(ConfigRefused, match="2 MiB"):
        refuse_growing("é" * 2**20 + "x")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), 1),
        (("agents", "$include"), "x"),
        (("a",), "***"),
        (("a",), {"b": [{"token": "***"}]}),
        (("a",), "postgresql://claw:***@db/x"),
        (("a",), ["--token=***"]),
        (("a",), "Bearer ***"),
    ],
)
def test_nonsense_is_refused(path, value):
    """No key, the includes themselves, and what was masked when it was read."""
    with pytest.raises(ConfigRefused):
        refuse_nonsense(path, value)
    refuse_nonsense(("a",), {"b": ["*", "** *", "one\n***\ntwo", "***bold***"]})
