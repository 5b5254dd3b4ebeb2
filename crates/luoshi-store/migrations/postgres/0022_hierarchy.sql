-- The task that a task carries out a part of (LEDGER-01).
ALTER TABLE tasks ADD COLUMN parent_id UUID;
CREATE INDEX tasks_parent ON tasks (bureau_id, parent_id, limit_day, id)
    WHERE parent_id IS NOT NULL;
