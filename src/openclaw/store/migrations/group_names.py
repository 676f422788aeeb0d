"""Version 6: groups of other accounts than ``default`` have names of their own in session keys.

Two phones number their groups alike, and what they wrote came into one session. What was said there is told apart by
the turn in which it was said.
"""

from __future__ import annotations

from sqlalchemy import Connection

_STATEMENTS = (
    # Each session key that has to change, and the one it becomes.
    "CREATE TEMP TABLE moved AS SELECT session_key AS old, session_key || ':' || account AS new, account"
    " FROM (SELECT session_key, account FROM message UNION SELECT session_key, account FROM turn)"
    " WHERE account <> 'default' AND session_key GLOB 'agent:*:imessage:group:*'",
    "UPDATE transcript SET session_key = session_key || ':' || (SELECT account FROM turn WHERE id = turn_id)"
    " WHERE EXISTS (SELECT 1 FROM turn JOIN moved ON old = turn.session_key AND moved.account = turn.account"
    " WHERE turn.id = turn_id AND old = transcript.session_key)",
    "UPDATE message SET session_key = session_key || ':' || account"
    " WHERE (session_key, account) IN (SELECT old, account FROM moved)",
    "UPDATE turn SET session_key = session_key || ':' || account"
    " WHERE (session_key, account) IN (SELECT old, account FROM moved)",
    "INSERT INTO session (key, agent, generation, started_at, last_interaction_at)"
    " SELECT new, agent, generation, started_at, last_interaction_at FROM session JOIN moved ON key = old",
    "INSERT INTO session_setting (session_key, name, value)"
    " SELECT new, name, value FROM session_setting JOIN moved ON session_key = old",
    # A program outside knows one conversation by its name: where two accounts shared it, both begin anew.
    "UPDATE acp_session SET key = (SELECT new FROM moved WHERE old = key)"
    " WHERE (SELECT count(*) FROM moved WHERE old = key) = 1"
    " AND key NOT IN"
    " (SELECT session_key FROM message WHERE session_key IS NOT NULL UNION SELECT session_key FROM turn)",
    "DELETE FROM acp_session WHERE key IN (SELECT old FROM moved)",
    # What nobody of the default account speaks in is nobody's any more.
    "DELETE FROM moved WHERE old IN"
    " (SELECT session_key FROM message WHERE session_key IS NOT NULL UNION SELECT session_key FROM turn)",
    # Turns are kept for as long as is configured; what was said in one that is gone goes with the rest.
    "UPDATE transcript SET session_key = (SELECT new FROM moved WHERE old = session_key)"
    " WHERE session_key IN (SELECT old FROM moved GROUP BY old HAVING count(*) = 1)",
    # Whose it was cannot be told any more, and the default account's group must not inherit it.
    "DELETE FROM transcript WHERE session_key IN (SELECT old FROM moved)",
    "DELETE FROM session WHERE key IN (SELECT old FROM moved)",
    "DELETE FROM session_setting WHERE session_key IN (SELECT old FROM moved)",
    "DROP TABLE moved",
)


def rename(connection: Connection) -> None:
    """Give each group of another account its own name, with what was said and set there."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
