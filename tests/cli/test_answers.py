"""What the answers of set-up amount to: every combination is a configuration that may be used."""

from __future__ import annotations

import pyjson5
from hypothesis import given
from hypothesis import strategies as st

from openclaw.cli.answers import KEYED, Access, Answers, Model, Phone, comments, document, key_variable
from openclaw.config.load import check_document
from openclaw.config.locations import locate
from openclaw.config.review import review
from openclaw.config.write import format_json5

PHONES = st.sampled_from(
    [Phone("imsg"), Phone("/opt/imsg", "~/chat.db"), Phone("/x/imsg-ssh", host="bot@mac")]
)
OWNERS = st.sampled_from(["", "+15550100001", "ann@example.com"])
MODELS = st.sampled_from(
    [
        Model(),
        Model("ollama", "llama3"),
        Model("local", "small"),
        *(Model(name, "m", keyed=True) for name in KEYED),
    ]
)


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    """Who may write, as the interview leaves it: an allowlist names somebody."""
    owner, policy = draw(OWNERS), draw(st.sampled_from(["pairing", "allowlist", "open"]))
    others = ("+15550100002",) if policy == "allowlist" and not owner else ()
    listed = (owner, *others) if owner else others
    return Access(
        draw(st.sampled_from(["personal", "dedicated"])), policy, draw(st.booleans()), "US", owner, listed
    )


@given(st.builds(Answers, PHONES, accesses(), MODELS))
def test_every_set_of_answers_is_a_valid_configuration(answers: Answers) -> None:
    """What is written loads without an issue, and nobody shares a memory (design, ruling 13)."""
    environ = {"HOME": "/home/u"} | {key_variable(name): "k" for name in KEYED}
    written = format_json5(document(answers), comments(answers))
    loaded = check_document(pyjson5.decode(written), locate(environ), environ)
    assert not [issue for issue in review(loaded.config) if "share one memory" in issue.message]


def test_a_comment_stands_above_what_it_explains() -> None:
    """A reader of the file sees what the policy means for strangers."""
    access = Access("personal", "pairing", True, "US", "", ())
    text = format_json5(
        document(Answers(Phone("imsg"), access, Model())), comments(Answers(Phone("imsg"), access, Model()))
    )
    before, _, _ = text.partition("pairing: {")
    assert "notices nothing" in before.rstrip().splitlines()[-1]


def test_a_key_does_not_show() -> None:
    """A pasted key is in no representation that a log or a trace could carry."""
    assert "sk-1" not in repr(Model("openai", "m", key="sk-1"))
