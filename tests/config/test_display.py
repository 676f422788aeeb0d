import json

from openclaw.config.display import show, shown_value

FILE = """{
  // about
  gateway: {auth: {token: "s3cret", password: "${PASSWORD}"}},
  agents: {$include: "agents.json5"},
  models: {providers: {x: {baseUrl: "https://u:s3cret@x/", headers: {A: "s3cret"}, note: "sk-abcdefghijklmnop1234"}}},
}"""


def test_the_file_is_shown_as_it_is_written_without_its_secrets(place):
    """Raw, with includes, without defaults; `${NAME}` as it stands (facts I.3), but never a secret."""
    place.config_path.write_text(FILE)
    (place.state_dir / "agents.json5").write_text("{list: [{id: 'main'}]}")
    text = show(place)
    assert "s3cret" not in text
    assert "sk-abc" not in text
    document = json.loads(text)
    assert document["gateway"]["auth"] == {"token": "***", "password": "${PASSWORD}"}
    assert document["agents"] == {"list": [{"id": "main"}]}
    assert show(place, ("gateway", "auth", "token")) == '"***"'
    assert show(place, ("models", "providers", "x", "headers", "A")) == '"***"'
    assert show(place, ("agents", "list", 0, "id")) == '"main"'


def test_what_is_not_set_is_null(place):
    """With or without a file."""
    assert show(place, ("gateway", "port")) == "null"
    assert show(place) == "{}"


def test_numbers_under_the_name_of_a_secret_are_masked_too():
    """A code of digits is a secret all the same; yes and no are not."""
    assert shown_value(1234, ("x", "password")) == '"***"'
    assert shown_value(True, ("env", "shellEnv", "enabled")) == "true"


def test_a_long_text_is_cut_and_says_so():
    """A chat is no place for a whole file."""
    text = shown_value(["x" * 50] * 100, ("a",), limit=100)
    assert len(text) < 200
    assert "more characters; name a key" in text
