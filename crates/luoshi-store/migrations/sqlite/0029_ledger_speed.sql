-- Names the task too, so that what the index of words is certain of is answered by two indexes.
DROP INDEX task_texts_place;
CREATE INDEX task_texts_place ON task_texts (place, bureau_id, task_id);

-- Holds all that a unit's list by light or tier compares, in the order of the limits.
DROP INDEX tasks_lead;
CREATE INDEX tasks_lead ON tasks
    (bureau_id, lead_id, limit_day, id, timing, red_from, yellow_from, recovering_until, tier);
DELETE FROM sqlite_stat1 WHERE idx = 'tasks_lead';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('tasks', 'tasks_lead', '1000000 100000 2000 10 1 1 1 1 1 1');
ANALYZE sqlite_schema;
