-- Since when a task's clock stands still, and by when a leader has to answer.
ALTER TABLE tasks ADD COLUMN paused_day INTEGER;
ALTER TABLE tasks ADD COLUMN answer_day INTEGER;
CREATE INDEX tasks_paused ON tasks (bureau_id, limit_day, id) WHERE paused_day IS NOT NULL;

-- What stands in the way of a task and waits for a leader.
CREATE TABLE task_blockers (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    leader_id BLOB NOT NULL,
    answer_day INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, task_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_blockers_leader ON task_blockers (bureau_id, leader_id, task_id);
