"""What somebody who knows the original types and this program calls otherwise, each with what to type instead.

Only sentences for the one who typed it; nothing here is a command. Loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

_INIT = (
    "Here it is `openclaw init` for a first configuration; then `openclaw config set`, `openclaw channels add` and "
    "`openclaw agents add` change it."
)
_PAGE = "Here it is the page: `openclaw page`."
_MODELS = (
    "Here `openclaw config set agents.defaults.model PROVIDER/MODEL` chooses one, `openclaw doctor --deep` asks the "
    "providers for theirs, and in a chat there are /model and /models."
)
_TOOLS = "Here an agent's tools come from mcp.servers of the configuration: docs/tools.md."
_NO_SCHEDULE = "Here nothing is scheduled; let the system's own timer run `openclaw message send`."
_APPROVALS = (
    "Here `openclaw approvals list` shows what agents ask, and the configuration says what they may: "
    "docs/approvals.md."
)
_NO_DEVICES = "Here no device is paired: `openclaw page` logs a browser in."
_ACTIONS = "Here only an agent does that, where a helper runs beside Messages: docs/bridge.md."
_NOT_HERE = "This program serves iMessage, and has nothing of that kind."

COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(("setup", "onboard", "configure"), _INIT),
    **dict.fromkeys(("dashboard", "tui", "chat", "terminal"), _PAGE),
    **dict.fromkeys(("models", "infer", "capability"), _MODELS),
    **dict.fromkeys(("plugins", "skills", "hooks", "memory", "mcp"), _TOOLS),
    **dict.fromkeys(("exec-policy", "approvals get", "approvals set", "approvals allowlist"), _APPROVALS),
    **dict.fromkeys(("devices", "nodes", "node", "qr"), _NO_DEVICES),
    **dict.fromkeys(
        ("browser", "sandbox", "webhooks", "dns", "proxy", "voicecall", "wiki", "commitments", "system"),
        _NOT_HERE,
    ),
    **dict.fromkeys(("crestodian", "clawbot"), _NOT_HERE),
    "cron": _NO_SCHEDULE,
    "agent": "Here an agent is written to in a chat, or in an editor: `openclaw acp`.",
    "completion": 'Here it is: eval "$(_OPENCLAW_COMPLETE=bash_source openclaw)", or zsh_source, or fish_source.',
    "daemon": "Here it is `openclaw gateway install|status|start|stop|restart|uninstall`.",
    "directory": "Here it is `openclaw chats list` and `openclaw contacts list`.",
    "docs": "Here it is docs/index.md of the installation.",
    "flows": "Here it is `openclaw turns list`.",
    "help": "It is --help, alone or behind a command.",
    "migrate": "Here nothing is converted; the same folder is read as it is: docs/upgrading.md.",
    "reset": "Here `openclaw sessions reset KEY` makes an agent forget, and `openclaw init --replace` begins anew.",
    "secrets": "Here a secret stands in .env of the state directory, and ${NAME} in the configuration.",
    "tasks": "Here it is `openclaw turns list`.",
    "uninstall": "Here it is `openclaw gateway uninstall`; then the state directory can be deleted.",
    "update": "Here it is `git pull` and `scripts/setup` in the clone: docs/upgrading.md.",
    "version": "It is --version.",
    "gateway call": "Here programs ask over HTTP: docs/http.md.",
    "gateway diagnostics": "Here it is `openclaw doctor --json`.",
    "gateway discover": "Here it is `openclaw gateway probe`, of this machine.",
    "gateway stability": "Here it is `openclaw health`.",
    "gateway usage-cost": "Here it is /usage in a chat.",
    "message broadcast": "Here it is one `openclaw message send` for each target.",
    "message read": "Here it is `openclaw chats show TARGET`.",
    "message search": "Here it is `openclaw chats show TARGET`.",
    **dict.fromkeys(
        (f"message {word}" for word in ("react", "reactions", "edit", "unsend", "delete", "thread")), _ACTIONS
    ),
    "message poll": _NOT_HERE,
    "sessions cleanup": "Here store.retentionDays does it, or `openclaw contacts forget`.",
    "channels start": "Here it is `openclaw resume`, or channels.imessage.enabled.",
    "channels stop": "Here it is `openclaw pause`, or channels.imessage.enabled.",
}
"""By the words behind `openclaw`. Commands below one of these are answered as it is."""

_AUTH = "Here it is OPENCLAW_GATEWAY_TOKEN of the environment, or gateway.auth.token."
_VERBOSE = "Here it is --verbose."
_PROBE = "Here it is `openclaw channels status --probe`."
_LOOPBACK = "Here the gateway listens on this machine alone; from elsewhere use an SSH tunnel: docs/page.md."

_AUTHENTICATION: Mapping[str, str] = dict.fromkeys(("--token", "--password", "--password-file"), _AUTH)

_RUN: Mapping[str, str] = {
    **_AUTHENTICATION,
    "--allow-unconfigured": "It is not needed: gateway.mode may be missing.",
    **dict.fromkeys(("--bind", "--tailscale", "--tailscale-reset-on-exit"), _LOOPBACK),
    "--auth": "Here there is always a token; it is made at the first start.",
    "--force": "Here `openclaw gateway stop` ends a service; any other one is named when a second one is started.",
    "--reset": "Here it is `openclaw init --replace`.",
    **dict.fromkeys(("--ws-log", "--compact", "--cli-backend-logs", "--raw-stream"), _VERBOSE),
}

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "": {"--container": _NOT_HERE},
    "gateway": _RUN,
    "gateway run": _RUN,
    "gateway status": {**_AUTHENTICATION, "--deep": "Here it is `openclaw doctor`."},
    **dict.fromkeys(("gateway health", "gateway probe", "logs", "security audit"), _AUTHENTICATION),
    "gateway install": {
        **_AUTHENTICATION,
        "--runtime": "It is not needed: the service runs the Python of this installation.",
        "--wrapper": "Here the service runs this installation itself.",
    },
    "status": {
        "--all": "Here it is `openclaw doctor`.",
        "--deep": "Here it is `openclaw channels status --probe`, and `openclaw doctor --deep`.",
        "--usage": "Here it is /usage in a chat.",
        **dict.fromkeys(("--verbose", "--debug"), _PROBE),
        "--timeout": "Here `openclaw gateway status` has it.",
    },
    "health": {
        **dict.fromkeys(("--verbose", "--debug"), _PROBE),
        "--timeout": "Here `openclaw gateway health` has it.",
    },
    "message send": {
        "--reply-to": _ACTIONS,
        "--verbose": "Here `openclaw deliveries list` tells the rest.",
    },
    "sessions": {
        "--store": "Here all sessions are in the ledger of the state directory: OPENCLAW_STATE_DIR.",
        "--verbose": "Here --json tells everything.",
    },
    "agents add": {
        "--agent-dir": "Here an agent has a --workspace alone.",
        "--non-interactive": "It is not needed: nothing is asked.",
    },
    "agents delete": {"--force": "Here it is --yes."},
    "agents set-identity": {
        **dict.fromkeys(
            ("--avatar", "--identity-file", "--from-identity"), "Here it is --name, --emoji and --theme."
        ),
        "--workspace": "Here it is --agent.",
    },
    "doctor": {
        "--generate-gateway-token": "It is not needed: the gateway makes its token at its first start.",
        "--force": "Here it is --fix.",
        "--no-workspace-suggestions": "It is not needed: there are none.",
    },
    "config set": {
        **dict.fromkeys(
            ("--ref-provider", "--ref-source", "--ref-id"), "Here it is ${NAME} as VALUE, and NAME in .env."
        ),
        "--allow-exec": "It is not needed: nothing is run for a value.",
    },
}
"""By the words of the command, then by the option."""

ANYWHERE: Mapping[str, str] = {
    "--profile": "Here it is OPENCLAW_STATE_DIR=~/.openclaw-NAME before the command.",
    "--dev": "Here it is OPENCLAW_STATE_DIR=~/.openclaw-dev before the command, and gateway.port in its configuration.",
    "--no-color": "Here it is NO_COLOR=1 before the command; in a pipe there are no colours.",
    "--log-level": "Here it is logging.level of the configuration.",
    "--url": "Here commands reach the gateway of this machine; of another one over SSH: `ssh HOST openclaw …`.",
}
"""Options that the original takes with many commands."""


def advised(error: click.UsageError) -> click.UsageError:
    """``error``, with what to type instead behind its message where the words are the original's."""
    advice = _advice(error)
    return click.UsageError(f"{error.message} {advice}", ctx=error.ctx) if advice else error


def _advice(error: click.UsageError) -> str | None:
    match error:
        case click.NoSuchCommand():
            return COMMANDS.get(" ".join([*_words(error.ctx), error.command_name]))
        case click.NoSuchOption():
            name = error.option_name
            return OPTIONS.get(" ".join(_words(error.ctx)), {}).get(name) or ANYWHERE.get(name)
        case _:
            return None


def _words(ctx: click.Context | None) -> list[str]:
    """The words of the command behind `openclaw`."""
    words: list[str] = []
    while ctx is not None and ctx.parent is not None:
        words.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return words
