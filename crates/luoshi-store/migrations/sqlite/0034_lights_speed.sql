-- Holds the last change too, so that a list by light is sorted by it without reading the rows.
DROP INDEX tasks_timing;
CREATE INDEX tasks_timing ON tasks
    (bureau_id, timing, limit_day, id, red_from, yellow_from, recovering_until, updated_at);
-- Only a light that counts time is judged by the numbers; -1 is one that was never judged.
DROP INDEX tasks_light_edition;
CREATE INDEX tasks_light_edition ON tasks (bureau_id, light_edition)
    WHERE timing = 'timed' OR light_edition < 0;
DELETE FROM sqlite_stat1 WHERE idx IN ('tasks_timing', 'tasks_light_edition');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('tasks', 'tasks_timing', '1000000 100000 33000 200 1 1 1 1 1'),
    ('tasks', 'tasks_light_edition', '330000 33000 33000');
ANALYZE sqlite_schema;
