import json

from openclaw.config.schema import config_schema


def at(schema, *keys):
    for key in keys:
        schema = schema["properties"][key]
    return schema


def test_the_schema_is_plain_json():
    """`config schema` prints it (J.4)."""
    schema = config_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")


def test_choices_bounds_and_defaults_are_in_it():
    """What an editor needs to help while typing."""
    schema = config_schema()
    assert at(schema, "channels", "imessage", "dmPolicy") == {
        "enum": ["pairing", "allowlist", "open", "disabled"]
    }
    assert at(schema, "gateway", "port") == {
        "type": "integer",
        "minimum": 1,
        "maximum": 65535,
        "default": 18789,
    }
    assert at(schema, "messages", "queue", "mode")["default"] == "collect"


def test_lists_maps_and_alternatives_are_in_it():
    """Allow-lists take texts and numbers, groups are free keys, a model is a name or an object."""
    schema = config_schema()
    entries = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert at(schema, "channels", "imessage", "allowFrom") == {"type": "array", "items": entries}
    groups = at(schema, "channels", "imessage", "groups")["additionalProperties"]
    assert groups["properties"]["requireMention"] == {"type": "boolean"}
    assert [option["type"] for option in at(schema, "agents", "defaults", "model")["anyOf"]] == [
        "string",
        "object",
    ]
    assert at(schema, "models", "providers")["additionalProperties"]["properties"]["apiKey"]["anyOf"][0] == {
        "type": "string"
    }


def test_required_keys_are_in_it():
    """An agent has an id."""
    assert at(config_schema(), "agents", "list")["items"]["required"] == ["id"]
