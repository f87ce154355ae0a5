-- Version 1. STRICT tables with INTEGER columns: a driver that binds numbers as REAL is caught here.
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE namespaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE search_attributes (
  namespace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  PRIMARY KEY (namespace_id, name)
) STRICT, WITHOUT ROWID;

-- One row per run. `wake_at` and `has_dispatch` are what boot reads; only open runs are in the partial index.
CREATE TABLE executions (
  run_key INTEGER PRIMARY KEY,
  namespace_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  status INTEGER NOT NULL,
  wake_at INTEGER,
  has_dispatch INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX executions_by_id ON executions (workflow_id, run_id, namespace_id);
CREATE INDEX executions_open ON executions (run_key, wake_at, has_dispatch) WHERE status IN (1, 8);

CREATE TABLE current_runs (
  namespace_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  run_key INTEGER NOT NULL,
  start_request_id TEXT NOT NULL,
  status INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, namespace_id)
) STRICT, WITHOUT ROWID;

-- One row per batch of events; `events` is a concatenation of History.events field records.
CREATE TABLE history (
  run_key INTEGER NOT NULL,
  first_event_id INTEGER NOT NULL,
  last_event_id INTEGER NOT NULL,
  events BLOB NOT NULL,
  PRIMARY KEY (run_key, first_event_id)
) STRICT, WITHOUT ROWID;

-- Members of a run's collections: pending activities, timers, children, updates, ...
CREATE TABLE pending_items (
  run_key INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (run_key, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE visibility (
  run_key INTEGER PRIMARY KEY,
  namespace_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  workflow_type TEXT NOT NULL,
  task_queue TEXT NOT NULL,
  status INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  execution_time INTEGER NOT NULL,
  close_time INTEGER,
  history_length INTEGER,
  history_size_bytes INTEGER,
  state_transition_count INTEGER,
  parent_workflow_id TEXT,
  parent_run_id TEXT,
  root_workflow_id TEXT NOT NULL,
  root_run_id TEXT NOT NULL,
  namespace_division TEXT,
  memo BLOB,
  search_attributes BLOB
) STRICT;
-- The order of a list: open runs first, then by close time, then by start time, newest first. Runs of a division are the
-- system's own (schedules); a list without a word about them leaves them out.
CREATE INDEX visibility_by_time
  ON visibility (namespace_id, coalesce(close_time, 9223372036854775807) DESC, start_time DESC, run_key DESC)
  WHERE namespace_division IS NULL;
CREATE INDEX visibility_by_status ON visibility (namespace_id, status) WHERE namespace_division IS NULL;
CREATE INDEX visibility_by_workflow ON visibility (workflow_id, namespace_id);
CREATE INDEX visibility_by_type ON visibility (namespace_id, workflow_type, status);

-- One row per value of an indexed search attribute (a KeywordList has several). Exactly one of the value columns is set.
CREATE TABLE visibility_values (
  run_key INTEGER NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  text_value TEXT,
  int_value INTEGER,
  real_value REAL,
  PRIMARY KEY (run_key, name, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX visibility_values_by_text ON visibility_values (name, text_value) WHERE text_value IS NOT NULL;
CREATE INDEX visibility_values_by_int ON visibility_values (name, int_value) WHERE int_value IS NOT NULL;
CREATE INDEX visibility_values_by_real ON visibility_values (name, real_value) WHERE real_value IS NOT NULL;
