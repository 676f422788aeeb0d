import pytest

from openclaw.config.reader import read_section
from openclaw.config.secrets import SecretRef, SecretText
from openclaw.config.sections.models import Models


def test_a_key_is_a_text_or_a_reference():
    """Secret fields take both forms (A.3)."""
    keys = {"a": {"apiKey": "sk"}, "b": {"apiKey": {"source": "env", "provider": "default", "id": "KEY"}}}
    value, findings = read_section(Models, {"providers": keys})
    assert findings.issues == []
    assert value.providers["a"].api_key == SecretText("sk")
    assert value.providers["b"].api_key == SecretRef(source="env", provider="default", id="KEY")


def test_a_provider_lists_its_models():
    """id is all a model needs."""
    value, _ = read_section(
        Models, {"providers": {"x": {"models": [{"id": "m", "contextWindow": 8192, "input": ["text"]}]}}}
    )
    (model,) = value.providers["x"].models
    assert (model.id, model.context_window, model.input) == ("m", 8192, ("text",))


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"providers": {"x": {"api": "openai"}}}, "providers.x.api"),
        ({"providers": {"x": {"apiKey": {"source": "vault", "id": "X"}}}}, "providers.x.apiKey.source"),
        ({"providers": {"x": {"apiKey": {"source": "env", "id": "x y"}}}}, "providers.x.apiKey.id"),
        ({"providers": {"x": {"models": [{}]}}}, "providers.x.models[0].id"),
        ({"providers": {"x": {"contextWindow": 0}}}, "providers.x.contextWindow"),
        ({"providers": {"x": {"headers": {"A": 1}}}}, "providers.x.headers.A"),
        ({"providers": []}, "providers"),
    ],
)
def test_a_value_outside_its_rule_is_one_issue_at_its_place(raw, path):
    """Strict, and exact about the place (A.4, ruling 13)."""
    _, findings = read_section(Models, raw)
    assert [issue.path for issue in findings.issues] == [path]
    assert findings.unknown == []
