-- Since when a task's clock stands still, and by when a leader has to answer.
ALTER TABLE tasks ADD COLUMN paused_day BIGINT;
ALTER TABLE tasks ADD COLUMN answer_day BIGINT;
CREATE INDEX tasks_paused ON tasks (bureau_id, limit_day, id) WHERE paused_day IS NOT NULL;

-- What stands in the way of a task and waits for a leader.
CREATE TABLE task_blockers (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    number BIGINT NOT NULL,
    leader_id UUID NOT NULL,
    answer_day BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, number)
);
CREATE INDEX task_blockers_leader ON task_blockers (bureau_id, leader_id, task_id);
