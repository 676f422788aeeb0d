from hypothesis import given, settings

from openclaw.config.difference import difference, masked_text

from .written import WILD, neat

FILE = """{
  gateway: {
    // token: "old-s3cret",
    auth: { token: "s3cret", password: '${PASSWORD}' },
  },
  models: {providers: {x: {apiKey: "two\\
lines-s3cret", baseUrl: "http://u:s3cret@host/", headers: {
    // ORG: s3cret
    "X-Org": "s3cret",
  }}}},
  mcp: {servers: {y: {command: "true", args: ["--token", "s3cret", "--api-key=s3cret"],
    url: "https://host/?token=s3cret"}}},
  a: 1,
}
"""


def test_changed_lines_stand_between_their_neighbours():
    """Three lines around each change, as people know it."""
    lines = difference(FILE, FILE.replace("a: 1", "a: 2"))
    assert lines[0] == "@@ line 10 @@"
    assert lines[-4:] == ["-  a: 1,", "+  a: 2,", " }", " "]
    assert difference(FILE, FILE) == []


def test_no_secret_is_in_it():
    """Not under its key, in an address or an argument, over two lines, in a map of secrets, nor in a comment."""
    shown = masked_text(FILE)
    assert "s3cret" not in shown
    assert "'${PASSWORD}'" in shown
    assert shown.count("\n") == FILE.count("\n")
    assert "s3cret" not in "\n".join(difference(FILE, FILE.replace("s3cret", "other-s3cret")))


def test_the_arguments_of_a_program_are_shown_without_what_they_hide():
    """As everywhere."""
    assert "s3cret" not in masked_text(
        '{args: ["--token", "s3cret", "--key-file", "x", "--password=s3cret"]}'
    )


def test_a_secret_that_changes_shows_as_a_changed_line():
    """One sees that, and not to what."""
    assert difference('{token: "one"}', '{token: "two"}') == [
        "@@ line 1 @@",
        '-{token: "***"}',
        '+{token: "***"}',
    ]


def test_references_to_secrets_stay_readable():
    """They name where it is and hold none."""
    text = '{token: {source: "env", provider: "default", id: "TOKEN"}}'
    assert masked_text(text) == text
    assert "s3cret" not in masked_text('{token: {source: "env", id: "A", value: "s3cret"}}')


def test_a_text_that_is_no_json5_is_not_shown():
    """Nobody can say where its secrets are."""
    assert difference('{token: "s3cret"', "{}") == [
        "one of the two texts is not JSON5, so their lines are not shown"
    ]


@settings(max_examples=40)
@given(WILD | neat())
def test_masking_keeps_every_line_in_its_place(text):
    """So that the lines of a diff are those of the file."""
    assert masked_text(text).count("\n") == text.count("\n")
