-- Version 2. One row per schedule. Its key is of the same sequence as the keys of runs, since both are listed. `wake_at`
-- and `is_watching` (it waits for runs that it started) are what boot reads.
CREATE TABLE schedules (
  schedule_key INTEGER PRIMARY KEY,
  namespace_id TEXT NOT NULL,
  schedule_id TEXT NOT NULL,
  wake_at INTEGER,
  is_watching INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX schedules_by_id ON schedules (schedule_id, namespace_id);
CREATE INDEX schedules_to_resume ON schedules (schedule_key, wake_at, is_watching) WHERE wake_at IS NOT NULL OR is_watching;
