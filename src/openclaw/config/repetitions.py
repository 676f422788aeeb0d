"""Keys that stand twice in one object of a file: the decoder keeps the last one, and nobody sees the other one go."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw.config.environment import DOTENV
from openclaw.config.file import decode_json5, read_text
from openclaw.config.locations import Locations
from openclaw.config.sources import source_files
from openclaw.config.spans import outline
from openclaw.errors import ConfigError, ConfigIssue, ConfigRefused


def repetitions(locations: Locations) -> Iterator[ConfigIssue]:
    """Return a warning for each file of the configuration with such a key, at the path of the file.

    Reads every file once more, so it is for those who check and not for every start.
    """
    for path in source_files(locations):
        if path.name == DOTENV:
            continue
        try:
            text = read_text(path)
            decode_json5(text, str(path))
            outline(text)
        except ConfigRefused as error:
            yield ConfigIssue(str(path), str(error))
        except ConfigError:
            # What cannot be read at all is said by whoever loads it.
            continue
