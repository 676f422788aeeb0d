PRAGMA application_id=1868786807;
PRAGMA user_version=1;
CREATE TABLE account (
  id VARCHAR NOT NULL,
  cursor INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE chat (
  account VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  guid VARCHAR NOT NULL,
  identifier VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  is_group BOOLEAN NOT NULL,
  last_message_at INTEGER NOT NULL,
  PRIMARY KEY (account, "key")
);
CREATE TABLE turn (
  id INTEGER NOT NULL,
  account VARCHAR NOT NULL,
  agent VARCHAR NOT NULL,
  session_key VARCHAR NOT NULL,
  chat_key VARCHAR NOT NULL,
  chat_row_id INTEGER NOT NULL,
  chat_guid VARCHAR NOT NULL,
  chat_identifier VARCHAR NOT NULL,
  is_group BOOLEAN NOT NULL,
  state VARCHAR NOT NULL,
  attempts INTEGER NOT NULL,
  effects BOOLEAN NOT NULL,
  error TEXT,
  model VARCHAR,
  input_tokens INTEGER,
  output_tokens INTEGER,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (id)
);
CREATE INDEX turn_open ON turn (session_key, id) WHERE state IN ('queued', 'running');
CREATE INDEX turn_ended_badly ON turn (id) WHERE state IN ('failed', 'interrupted');
CREATE TABLE delivery (
  id INTEGER NOT NULL,
  account VARCHAR NOT NULL,
  cause VARCHAR NOT NULL,
  cause_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  chat_key VARCHAR NOT NULL,
  chat_row_id INTEGER,
  chat_guid VARCHAR,
  chat_identifier VARCHAR,
  handle VARCHAR,
  service VARCHAR NOT NULL,
  text TEXT NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  guid VARCHAR,
  row_id INTEGER,
  queued_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (cause, cause_id, position)
);
CREATE INDEX delivery_open ON delivery (account, id) WHERE state IN ('queued', 'sending', 'sent', 'unknown');
CREATE INDEX delivery_in_doubt ON delivery (id) WHERE state IN ('parked', 'unconfirmed', 'expired', 'failed');
CREATE INDEX delivery_chat ON delivery (account, chat_key, changed_at);
CREATE INDEX delivery_guid ON delivery (account, guid) WHERE guid IS NOT NULL;
CREATE TABLE checkpoint (
  id INTEGER NOT NULL,
  subject VARCHAR NOT NULL,
  subject_id INTEGER NOT NULL,
  step VARCHAR NOT NULL,
  reason VARCHAR,
  at INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX checkpoint_subject ON checkpoint (subject, subject_id);
CREATE TABLE session (
  "key" VARCHAR NOT NULL,
  agent VARCHAR NOT NULL,
  generation INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  last_interaction_at INTEGER NOT NULL,
  PRIMARY KEY ("key")
);
CREATE TABLE transcript (
  id INTEGER NOT NULL,
  session_key VARCHAR NOT NULL,
  generation INTEGER NOT NULL,
  turn_id INTEGER NOT NULL,
  role VARCHAR NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX transcript_session ON transcript (session_key, generation, id);
CREATE TABLE pairing (
  id INTEGER NOT NULL,
  account VARCHAR NOT NULL,
  handle VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  chat_key VARCHAR NOT NULL,
  chat_row_id INTEGER NOT NULL,
  chat_guid VARCHAR NOT NULL,
  chat_identifier VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX pairing_open ON pairing (account, handle) WHERE state = 'open';
CREATE TABLE access_grant (
  account VARCHAR NOT NULL,
  scope VARCHAR NOT NULL,
  handle VARCHAR NOT NULL,
  granted_at INTEGER NOT NULL,
  granted_by VARCHAR NOT NULL,
  PRIMARY KEY (account, scope, handle)
);
CREATE TABLE own_handle (
  account VARCHAR NOT NULL,
  handle VARCHAR NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (account, handle)
);
CREATE TABLE pause (
  account VARCHAR NOT NULL,
  chat_key VARCHAR NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (account, chat_key)
);
CREATE TABLE message (
  id INTEGER NOT NULL,
  account VARCHAR NOT NULL,
  identity VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  chat_key VARCHAR,
  chat_row_id INTEGER,
  chat_guid VARCHAR,
  chat_identifier VARCHAR,
  sender VARCHAR NOT NULL,
  from_me BOOLEAN,
  destination VARCHAR NOT NULL,
  participants TEXT,
  is_reaction BOOLEAN NOT NULL,
  text TEXT,
  text_hash VARCHAR NOT NULL,
  files INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  released BOOLEAN NOT NULL,
  session_key VARCHAR,
  agent VARCHAR,
  is_group BOOLEAN,
  authorised BOOLEAN,
  command VARCHAR,
  turn_id INTEGER,
  PRIMARY KEY (id),
  UNIQUE (account, identity),
  FOREIGN KEY(turn_id) REFERENCES turn (id)
);
CREATE INDEX message_waiting ON message (session_key, id) WHERE state = 'waiting';
CREATE INDEX message_state ON message (state, id) WHERE (state NOT IN ('answered', 'dropped', 'ours'));
CREATE INDEX message_chat ON message (account, chat_key, id);
CREATE INDEX message_turn ON message (turn_id) WHERE turn_id IS NOT NULL;
