import json
import os
import subprocess
import sys
from pathlib import Path

import pyjson5
import pytest

from openclaw.config.exposure import load_to_serve
from openclaw.config.load import load_config
from openclaw.config.locations import locate
from openclaw.config.review import review
from openclaw.config.secrets import MASK, mask_secrets, reveal
from openclaw.config.sections.root import Config
from openclaw.errors import ConfigInvalid, ConfigUnreadable

DATA = Path(__file__).parent / "data"
LARGE = (DATA / "original-large.json5").read_text(encoding="utf-8")
LARGE_ENVIRONMENT = {
    "WORK_KEY": "work-secret",
    "DISCORD_TOKEN": "d",
    "OPENCLAW_GATEWAY_TOKEN": "gateway-secret",
}


@pytest.mark.parametrize("block", pyjson5.decode((DATA / "page-blocks.json5").read_text(encoding="utf-8")))
def test_every_block_of_the_page_is_valid(load, block):
    """The page's configuration blocks start as they stand (requirements, ruling 15)."""
    assert load(json.dumps(block)).exists


def test_a_large_file_of_the_original_is_valid_with_warnings_only(load):
    """A user of the original can point the program at the file they have (design 1)."""
    loaded = load(LARGE, LARGE_ENVIRONMENT)
    said = [warning.path for warning in loaded.warnings]
    assert len(said) == len(set(said))
    assert {"cron", "channels.telegram", "channels.bluebubbles", "agents", "env"} <= set(said)
    # Of its plugins it names but the one that counts here.
    assert not {"$schema", "meta", "wizard", "plugins"} & set(said)
    assert all(warning.fix for warning in loaded.warnings)


def test_a_large_file_is_read_value_by_value(load):
    """Not only accepted: understood."""
    loaded = load(LARGE, LARGE_ENVIRONMENT)
    config = loaded.config
    assert config.models.providers["local"].base_url == "http://127.0.0.1:11434/v1"
    assert reveal(config.models.providers["work"].api_key, {}) == "work-secret"
    assert config.bindings[1].match.peer.id == "chat_id:42"
    assert config.session.reset_by_type.dm.idle_minutes == 240
    assert loaded.environment["GROUP_PEER"] == "chat_id:42"


def test_no_secret_of_a_large_file_is_printed(load):
    """`config get` prints the masked document; repr of the values masks too."""
    loaded = load(LARGE, LARGE_ENVIRONMENT)
    shown = json.dumps(mask_secrets(loaded.document)) + repr(loaded.config)
    for secret in ("work-secret", "gateway-secret", "hook-token", "123:abc", "brave-key", "remote-token"):
        assert secret not in shown
    assert MASK in shown


def test_a_missing_file_means_safe_defaults(place):
    """A missing file is legal (A.1)."""
    loaded = load_config(place, {})
    assert (loaded.exists, loaded.warnings, loaded.path) == (False, (), place.config_path)
    assert loaded.config == Config(locations=place)
    assert review(loaded.config)


def test_a_dangling_link_is_not_a_missing_file(place):
    """A link to nowhere is a mistake, and defaults would hide it."""
    place.config_path.symlink_to(place.home / "nowhere.json")
    with pytest.raises(ConfigUnreadable):
        load_config(place, {})


def test_the_document_has_defaults_filled_in_and_keeps_what_is_not_served(load):
    """`config get` reads the defaults-filled view (J.4)."""
    document = load(
        "{channels: {imessage: {enabled: true}, telegram: {botToken: 'x'}}, cron: {a: 1}}"
    ).document
    assert document["channels"]["imessage"]["dmPolicy"] == "pairing"
    assert document["channels"]["imessage"]["textChunkLimit"] == 4000
    assert document["gateway"]["port"] == 18789
    assert document["cron"] == {"a": 1}


def test_a_section_that_is_absent_is_not_invented(load):
    """An empty file shows no phone section, because it has none."""
    assert "imessage" not in load("{}").document["channels"]


def test_every_kind_of_issue_comes_at_once(load):
    """One run names everything there is to mend (ruling 13)."""
    with pytest.raises(ConfigInvalid) as caught:
        load(
            """{
              env: {A: 1},
              channels: {imessage: {dmPolicy: 'opn', cliPath: 'imsg;x', allowfrom: [],
                accounts: {w: {dmPolicy: 'open'}}}},
              agents: {list: [{}, {id: 'a', model: '${NO_SUCH}'}]},
              gateway: {port: 'x', auth: {token: 12345}},
              nonsense: {},
            }"""
        )
    assert {issue.path for issue in caught.value.issues} == {
        "env.A",
        "channels.imessage.dmPolicy",
        "channels.imessage.cliPath",
        "channels.imessage.allowfrom",
        "channels.imessage.accounts.w.allowFrom",
        "agents.list[0].id",
        "agents.list[1].model",
        "gateway.port",
        "gateway.auth.token",
        "nonsense",
    }
    assert "12345" not in str(caught.value)
    assert "8 problems" not in str(caught.value)
    assert "10 problems" in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "3", "'x'", "null"])
def test_a_file_that_is_no_object_is_invalid(load, text):
    """The root is an object."""
    with pytest.raises(ConfigInvalid, match="must be an object"):
        load(text)


def test_includes_and_variables_work_together(load, place):
    """Variables are put in after includes are resolved (A.1)."""
    (place.state_dir / "phone.json5").write_text("{cliPath: '${IMSG}', allowFrom: ['+1555']}")
    loaded = load("{channels: {imessage: {$include: './phone.json5', name: 'x'}}}", {"IMSG": "/opt/imsg"})
    assert loaded.config.channels.imessage.cli_path == "/opt/imsg"


def test_loading_changes_neither_file_nor_environment(load, place):
    """Loading changes nothing else (style 34)."""
    before, text = dict(os.environ), "{env: {OPENCLAW_TEST_ONLY: 'x'}} // mine"
    load(text, {})
    assert place.config_path.read_text() == text
    assert dict(os.environ) == before


def test_loading_a_file_needs_no_pydantic():
    """Quick commands read the file too; heavy imports would cost them more than their whole budget (decision 010)."""
    code = (
        "import sys, openclaw.config.load; print('pydantic' in sys.modules, 'pydantic_core' in sys.modules)"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert seen.stdout.split() == ["False", "False"]


def test_locations_alone_import_only_the_standard_library():
    """Commands that need only a path pay for nothing else."""
    code = "import sys, openclaw.config.locations; print([m for m in sys.modules if m[:6] in ('pyjson', 'opencl')])"
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert seen.stdout.strip() == "['openclaw', 'openclaw.config', 'openclaw.config.locations']"


def test_what_a_gateway_starts_with_is_of_this_computer(tmp_path):
    """The same file serves a command that only looks (facts A.15)."""
    locations = locate({"HOME": str(tmp_path)})
    locations.state_dir.mkdir()
    locations.config_path.write_text("{gateway: {mode: 'remote'}}")
    assert load_config(locations, {}).config.gateway.mode == "remote"
    with pytest.raises(ConfigInvalid, match="another computer"):
        load_to_serve(locations, {})
