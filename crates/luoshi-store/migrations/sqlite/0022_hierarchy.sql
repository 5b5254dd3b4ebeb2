-- The task that a task carries out a part of (LEDGER-01).
ALTER TABLE tasks ADD COLUMN parent_id BLOB;
CREATE INDEX tasks_parent ON tasks (bureau_id, parent_id, limit_day, id)
    WHERE parent_id IS NOT NULL;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('tasks', 'tasks_parent', '40000 40000 8 2 1');
ANALYZE sqlite_schema;
