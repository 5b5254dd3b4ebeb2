-- Holds all that a unit's list by light or tier compares, in the order of the limits.
DROP INDEX tasks_lead;
CREATE INDEX tasks_lead ON tasks
    (bureau_id, lead_id, limit_day, id, timing, red_from, yellow_from, recovering_until, tier);
