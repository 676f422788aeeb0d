from dataclasses import dataclass, field

from openclaw.config.shape import HasConflicts, key_name, keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A section with one required key and one attribute that is none."""

    cli_path: str
    media_max_mb: int = 16
    origin: str = field(default="", metadata={"key": False})

    def conflicts(self) -> list[tuple[str, str, str]]:
        return []


def test_attributes_become_camel_case_keys():
    """The file's names are camelCase, ours are snake_case."""
    assert [key_name(name) for name in ("id", "cli_path", "media_max_mb")] == ["id", "cliPath", "mediaMaxMb"]


def test_keys_know_whether_they_must_be_there():
    """A field without default is a required key."""
    assert {name: key.required for name, key in keys_of(Sample).items()} == {
        "cliPath": True,
        "mediaMaxMb": False,
    }


def test_a_field_can_be_kept_out_of_the_file():
    """Metadata `key: False` marks what the loader adds."""
    assert "origin" not in keys_of(Sample)


def test_a_section_with_rules_is_recognised():
    """The reader asks every section that has rules between its keys."""
    assert isinstance(Sample(cli_path="imsg"), HasConflicts)
