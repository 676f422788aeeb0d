from openclaw.config.agents import default_agent, is_answering, resolve_agents
from openclaw.config.load import Loaded


def agents_of(loaded: Loaded):
    return {agent.id: agent for agent in resolve_agents(loaded.config)}


def test_without_a_list_one_agent_called_main_answers(check, place):
    """A.10: the default agent is main, with the defaults of the section."""
    (agent,) = agents_of(check({"agents": {"defaults": {"model": "openai/gpt-4.1"}}})).values()
    assert (agent.id, agent.is_default, agent.runtime) == ("main", True, "embedded")
    assert (agent.model_primary, agent.model_fallbacks) == ("openai/gpt-4.1", ())
    assert (agent.workspace, agent.timeout_seconds) == (place.state_dir / "workspace", 600)


def test_the_default_is_the_first_marked_else_the_first(check):
    """A.10; exactly one, also when several are marked."""
    assert default_agent(check({"agents": {"list": [{"id": "a"}, {"id": "b"}]}}).config).id == "a"
    marked = [{"id": "a"}, {"id": "b", "default": True}, {"id": "c", "default": True}]
    loaded = check({"agents": {"list": marked}})
    assert [agent.id for agent in agents_of(loaded).values() if agent.is_default] == ["b"]


def test_an_agent_s_own_values_win_over_the_defaults(check):
    """Own value, else agents.defaults."""
    defaults = {
        "model": {"primary": "p/one", "fallbacks": ["p/two"], "timeoutMs": 5},
        "systemPromptOverride": "all",
        "contextTokens": 10,
        "timeoutSeconds": 20,
    }
    own = {"id": "b", "model": "q/three", "systemPromptOverride": "", "contextTokens": 5}
    agents = agents_of(check({"agents": {"defaults": defaults, "list": [{"id": "a"}, own]}}))
    assert (agents["a"].model_primary, agents["a"].model_fallbacks, agents["a"].model_timeout_ms) == (
        "p/one",
        ("p/two",),
        5,
    )
    assert (agents["a"].system_prompt, agents["a"].context_tokens, agents["a"].timeout_seconds) == (
        "all",
        10,
        20,
    )
    assert (agents["b"].model_primary, agents["b"].model_fallbacks) == ("q/three", ())
    assert (agents["b"].system_prompt, agents["b"].context_tokens) == ("", 5)


def test_agents_do_not_share_a_workspace_unless_told_to(check, place):
    """The shared default is the default agent's; others get a folder of their own."""
    raw = {
        "defaults": {"workspace": "~/work"},
        "list": [{"id": "a"}, {"id": "b"}, {"id": "c", "workspace": "/c"}],
    }
    folders = {key: str(agent.workspace) for key, agent in agents_of(check({"agents": raw})).items()}
    assert folders == {"a": f"{place.home}/work", "b": f"{place.state_dir}/workspace-b", "c": "/c"}


def test_models_may_be_named_by_alias_or_by_an_id_that_one_provider_offers(check):
    """A short name resolves when it is beyond doubt, else it stays as written."""
    providers = {"local": {"models": [{"id": "qwen"}, {"id": "both"}]}, "other": {"models": [{"id": "both"}]}}
    names = ["sonnet", "qwen", "both"]
    raw = {
        "agents": {
            "defaults": {"models": {"anthropic/claude-sonnet-4-5": {"alias": "sonnet"}}},
            "list": [{"id": name, "model": name} for name in names],
        },
        "models": {"providers": providers},
    }
    assert [agent.model_primary for agent in agents_of(check(raw)).values()] == [
        "anthropic/claude-sonnet-4-5",
        "local/qwen",
        "both",
    ]


def test_mention_patterns_are_the_agent_s_else_everyone_s_else_to_be_derived(check):
    """Ruling 14: an empty list of the agent's own counts as set."""
    entries = [
        {"id": "own", "groupChat": {"mentionPatterns": []}},
        {"id": "none", "identity": {"name": "Claw"}},
    ]
    raw = {"agents": {"list": entries}, "messages": {"groupChat": {"mentionPatterns": ["x"]}}}
    agents = agents_of(check(raw))
    assert (agents["own"].mention_patterns, agents["none"].mention_patterns) == ((), ("x",))
    assert agents_of(check({"agents": {"list": entries}}))["none"].mention_patterns is None
    assert (agents["none"].name, agents["none"].identity_name) == ("Claw", "Claw")


def test_an_acp_agent_runs_the_named_program_in_its_own_folder(check, place):
    """Harness = runtime.acp.agent, else the agent id; cwd else workspace; backend else acp.backend (H.4)."""
    entries = [
        {"id": "Codex", "runtime": {"type": "acp"}},
        {
            "id": "far",
            "runtime": {"type": "acp", "acp": {"agent": "claude", "mode": "oneshot", "cwd": "~/src"}},
        },
    ]
    agents = agents_of(check({"agents": {"list": entries}, "acp": {"backend": "mine"}}))
    codex, far = agents["codex"], agents["far"]
    assert (codex.runtime, codex.acp_agent, codex.acp_backend, codex.acp_mode) == (
        "acp",
        "codex",
        "mine",
        "persistent",
    )
    assert codex.acp_cwd == codex.workspace
    assert (far.acp_agent, far.acp_mode, str(far.acp_cwd)) == ("claude", "oneshot", f"{place.home}/src")


def test_an_agent_answers_with_a_model_or_an_acp_program(check):
    """No model, no answer: messages wait (design 8)."""
    raw = {
        "agents": {
            "list": [{"id": "a"}, {"id": "b", "model": "p/m"}, {"id": "c", "runtime": {"type": "acp"}}]
        }
    }
    assert [is_answering(agent) for agent in agents_of(check(raw)).values()] == [False, True, True]
