-- The days on which a task's light turns: a projection of its facts and of an edition of the leads.
ALTER TABLE tasks ADD COLUMN light_edition INTEGER NOT NULL DEFAULT -1; -- -1: not computed yet
ALTER TABLE tasks ADD COLUMN recovering_until INTEGER NOT NULL DEFAULT -1000000000; -- last day, or -1000000000
ALTER TABLE tasks ADD COLUMN yellow_from INTEGER NOT NULL DEFAULT 1000000000; -- first day, or 1000000000
ALTER TABLE tasks ADD COLUMN red_from INTEGER NOT NULL DEFAULT 1000000000; -- first day, or 1000000000
ALTER TABLE tasks ADD COLUMN light_record TEXT; -- JSON; facts besides the columns, where there are any
DROP INDEX tasks_timing;
-- Holds all that a list by light compares, in the order of the limits.
CREATE INDEX tasks_timing
    ON tasks (bureau_id, timing, limit_day, id, red_from, yellow_from, recovering_until);
CREATE INDEX tasks_light_edition ON tasks (bureau_id, light_edition);
-- As in 0001: what the planner is told of a database that was never analysed.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('tasks', 'tasks_timing', '1000000 100000 33000 200 1 1 1 1'),
    ('tasks', 'tasks_light_edition', '1000000 100000 100000');
ANALYZE sqlite_schema;

-- The numbers that lights were judged by, edition by edition. Not part of the journal.
CREATE TABLE light_editions (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    number INTEGER NOT NULL,
    since_day INTEGER NOT NULL,
    due_soon_days INTEGER NOT NULL,
    behind_points INTEGER NOT NULL,
    red_points INTEGER NOT NULL,
    recovery_days INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, number)
) STRICT;

-- The light that each task was last seen with. Not part of the journal.
CREATE TABLE light_standings (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    colour TEXT NOT NULL,
    since_day INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, task_id)
) STRICT;

-- What the daily look found turned: what was true when it was seen, told with its reason.
-- Not part of the journal.
CREATE TABLE light_changes (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    before TEXT, -- NULL when it was first seen
    after TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    numbers TEXT NOT NULL, -- the rule in words
    edition INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, task_id, day)
) STRICT;
CREATE INDEX light_changes_day ON light_changes (bureau_id, day, before, after);
