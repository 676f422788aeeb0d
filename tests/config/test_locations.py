from pathlib import Path

from openclaw.config.locations import credentials_dir, locate


def test_without_variables_everything_is_below_the_home():
    """Defaults: ~/.openclaw and ~/.openclaw/openclaw.json (behaviour facts A.1)."""
    places = locate({"HOME": "/home/user"})
    assert places.home == Path("/home/user")
    assert places.state_dir == Path("/home/user/.openclaw")
    assert places.config_path == Path("/home/user/.openclaw/openclaw.json")


def test_openclaw_home_moves_the_home_and_all_that_is_below_it():
    """OPENCLAW_HOME is what `~` means (A.1)."""
    places = locate({"HOME": "/home/user", "OPENCLAW_HOME": "/srv/claw"})
    assert places.state_dir == Path("/srv/claw/.openclaw")
    assert places.expand("~/bin/imsg") == "/srv/claw/bin/imsg"


def test_the_state_directory_moves_the_file_but_not_the_home():
    """OPENCLAW_STATE_DIR relocates state, and the file with it unless that is placed too (A.1)."""
    places = locate({"HOME": "/home/user", "OPENCLAW_STATE_DIR": "~/state"})
    assert places.state_dir == Path("/home/user/state")
    assert places.config_path == Path("/home/user/state/openclaw.json")


def test_the_file_can_be_placed_on_its_own():
    """OPENCLAW_CONFIG_PATH relocates only the file (A.1)."""
    places = locate({"HOME": "/home/user", "OPENCLAW_CONFIG_PATH": "/etc/openclaw.json5"})
    assert places.config_path == Path("/etc/openclaw.json5")
    assert places.state_dir == Path("/home/user/.openclaw")


def test_blank_variables_count_as_unset():
    """A variable of white space must not point at the working directory."""
    assert locate({"HOME": "/home/user", "OPENCLAW_STATE_DIR": " "}).state_dir == Path("/home/user/.openclaw")


def test_the_home_of_another_user_is_left_as_written():
    """Only `~` and `~/` are ours to expand."""
    places = locate({"HOME": "/home/user"})
    assert places.expand("~other/x") == "~other/x"
    assert places.expand("~") == "/home/user"
    assert places.expand("/a/~/b") == "/a/~/b"


def test_the_credentials_of_the_original_are_below_the_state_directory_or_where_it_was_told():
    """`<stateDir>/credentials`, overridable by OPENCLAW_OAUTH_DIR (behaviour facts B.2)."""
    places = locate({"HOME": "/home/user"})
    assert credentials_dir(places, {}) == Path("/home/user/.openclaw/credentials")
    assert credentials_dir(places, {"OPENCLAW_OAUTH_DIR": "~/oauth"}) == Path("/home/user/oauth")
