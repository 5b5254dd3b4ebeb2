-- By when a task's lead unit has to answer an urging (FLOW-15).
ALTER TABLE tasks ADD COLUMN respond_day BIGINT;
CREATE INDEX tasks_urged ON tasks (bureau_id, lead_id, limit_day, id) WHERE respond_day IS NOT NULL;

-- By when it has to acknowledge a supervision notice (FLOW-08).
ALTER TABLE tasks ADD COLUMN notice_day BIGINT;
CREATE INDEX tasks_noticed ON tasks (bureau_id, lead_id, limit_day, id) WHERE notice_day IS NOT NULL;
CREATE INDEX tasks_unacknowledged
    ON tasks (bureau_id, limit_day, id) WHERE notice_day IS NOT NULL;
