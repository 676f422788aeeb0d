from hypothesis import given
from hypothesis import strategies as st

from openclaw.config.document import filled, plain
from openclaw.config.reader import read_section
from openclaw.config.sections.root import Config


def test_sections_come_back_as_the_file_writes_them():
    """Key names are the file's, unset keys stay out, secrets are in clear for whoever masks."""
    raw = {"models": {"providers": {"x": {"apiKey": "sk", "models": [{"id": "m"}]}}}}
    config, _ = read_section(Config, raw)
    assert plain(config)["models"] == {"providers": {"x": {"apiKey": "sk", "models": [{"id": "m"}]}}}


def test_the_plain_form_of_the_defaults_reads_back_as_the_defaults():
    """plain and read_section are each other's inverse on a whole configuration."""
    config, findings = read_section(Config, plain(Config()))
    assert (config, findings.issues, findings.unknown) == (Config(), [], [])


def test_defaults_fill_gaps_only():
    """What is written stands; lists are not mixed."""
    assert filled({"a": {"x": 1}, "l": [1]}, {"a": {"x": 2, "y": 2}, "l": [2], "n": 3}) == {
        "a": {"x": 1, "y": 2},
        "l": [1],
        "n": 3,
    }


trees = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6
)


@given(trees, trees)
def test_filling_twice_is_filling_once(document, defaults):
    """Filling is stable, and never changes its arguments' meaning."""
    once = filled(document, defaults)
    assert filled(once, defaults) == once
