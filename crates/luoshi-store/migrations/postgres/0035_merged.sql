-- The task that a task became part of, so that a list does not call it cancelled.
ALTER TABLE tasks ADD COLUMN merged_into UUID;
UPDATE tasks SET merged_into = CAST(CAST(r.record AS JSON) ->> 'merged_into' AS UUID)
    FROM task_records AS r WHERE tasks.state = 'cancelled'
    AND r.bureau_id = tasks.bureau_id AND r.task_id = tasks.id;
