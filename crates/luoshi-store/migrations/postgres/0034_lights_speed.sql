-- Holds the last change too, so that a list by light is sorted by it without reading the rows.
DROP INDEX tasks_timing;
CREATE INDEX tasks_timing ON tasks
    (bureau_id, timing, limit_day, id, red_from, yellow_from, recovering_until, updated_at);
-- Only a light that counts time is judged by the numbers; -1 is one that was never judged.
DROP INDEX tasks_light_edition;
CREATE INDEX tasks_light_edition ON tasks (bureau_id, light_edition)
    WHERE timing = 'timed' OR light_edition < 0;
