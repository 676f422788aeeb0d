"""The names of the checks: stable words that scripts may rely on, each with what it asks."""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """Every check of the doctor; the manual has a row for each."""

    question: str

    def __new__(cls, name: str, question: str) -> Check:
        """A name and its question."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.question = question
        return member

    CONFIG_FILE = "config.file", "Is there a configuration, and can it be read?"
    CONFIG_VALID = "config.valid", "Does it keep the rules?"
    CONFIG_UNSERVED = "config.unserved", "Does it set keys that have no effect here?"
    CONFIG_REVIEW = "config.review", "Does it contradict itself, or will it surprise its owner?"
    CONFIG_OWNER = "config.owner", "Is it clear who may command?"
    CONFIG_SHARED = "config.shared-context", "Do several people share one memory?"
    CONFIG_BINDING = "config.binding", "Does every binding decide something, and name an agent that exists?"
    FILES_MODE = "files.mode", "Can only their owner read and write the files?"
    FILES_OWNER = "files.owner", "Do the files belong to the user that runs this?"
    FILES_STATE = "files.state-dir", "Is there a state directory, and can files be made in it?"
    ACCESS_DIRECT = "access.direct", "Can anybody write to the agent directly?"
    ACCESS_GROUPS = "access.groups", "Can anybody reach the agent in a group?"
    ACCESS_ENTRY = "access.entry", "Can every entry of a list match somebody?"
    ACCESS_REGION = "access.region", "Is it known how to read numbers without a country code?"
    ACCESS_GROUP = "access.group-number", "Is every configured group one that wrote, and named once?"
    ACCESS_PATTERN = "access.pattern", "Can every mention pattern be used, and match?"
    ACCESS_MENTION = "access.mention", "Can a mention be required where it is?"
    IMSG_PROBE = "imsg.probe", "Does imsg answer, and if not, why?"
    IMSG_VERSION = "imsg.version", "What does this release of imsg lack?"
    IMSG_MESSAGES = "imsg.messages", "Does the Mac have messages at all?"
    IMSG_SENDING = "imsg.sending", "Has sending been tried, and is it allowed?"
    IMSG_CHAIN = "imsg.process-chain", "To which program does macOS give the permission?"
    REMOTE_WRAPPER = "remote.wrapper", "Can the wrapper be read and run?"
    REMOTE_HOST = "remote.host", "Is it known which machine the wrapper leads to?"
    REMOTE_LOGIN = "remote.login", "Does SSH log in there without asking?"
    REMOTE_FILES = "remote.files", "Can files be fetched from there, and how?"
    LEDGER_FILE = "ledger.file", "Can the ledger be opened, and is it whole?"
    LEDGER_LOCK = "ledger.lock", "Who holds the state directory?"
    LEDGER_DISK = "ledger.disk", "Is there room on its disk?"
    LEDGER_BACKUP = "ledger.backup", "How old is the newest copy?"
    LEDGER_PLACE = "ledger.place", "Is it on a disk of this machine that nothing else synchronises?"
    GATEWAY_RUNS = "gateway.runs", "Does a gateway run and answer?"
    GATEWAY_ADDRESS = "gateway.address", "Is the address that is left here that of a living gateway?"
    GATEWAY_VERSION = "gateway.version", "Is it the release of this command?"
    GATEWAY_CONFIG = (
        "gateway.config",
        "Is the configuration that stands in the files the one that is in force?",
    )
    GATEWAY_ACCOUNT = "gateway.account", "How is each account doing?"
    GATEWAY_TRAFFIC = "gateway.traffic", "When did something last come in and go out?"
    GATEWAY_PAUSED = "gateway.paused", "Is answering stopped?"
    GATEWAY_ATTENTION = "gateway.attention", "Does something wait for a person?"
    GATEWAY_TOKEN = "gateway.token", "By what do commands prove themselves?"
    GATEWAY_PORT = "gateway.port", "Is its port free, or its own?"
    AGENT_MODEL = "agent.model", "Does each agent have a model, and its provider a key?"
    AGENT_REACHED = "agent.reached", "Does the provider answer? (--deep)"
    AGENT_ANSWERS = "agent.answers", "Has the newest turn of each agent an answer?"
    AGENT_LOCAL = "agent.local-model", "Is the small local model installed where it is named?"
    AGENT_PROGRAM = "agent.program", "Is the program of each outside agent here, and may it be asked?"
    MACHINE_PYTHON = "machine.python", "Which Python runs this?"
    MACHINE_POWER = "machine.power", "Will this Mac stay awake?"
    MACHINE_CLOCK = "machine.clock", "Do the phone's clock and this one agree?"
    MACHINE_SERVICE = "machine.service", "Is the gateway started by the system, from where this program is?"
    UPGRADE = "upgrade", "Was another release used here last?"
    CRASHED = "doctor.crashed", "Did a check itself fail?"
