-- The days on which a task's light turns: a projection of its facts and of an edition of the leads.
ALTER TABLE tasks ADD COLUMN light_edition BIGINT NOT NULL DEFAULT -1; -- -1: not computed yet
ALTER TABLE tasks ADD COLUMN recovering_until BIGINT NOT NULL DEFAULT -1000000000; -- last day, or -1000000000
ALTER TABLE tasks ADD COLUMN yellow_from BIGINT NOT NULL DEFAULT 1000000000; -- first day, or 1000000000
ALTER TABLE tasks ADD COLUMN red_from BIGINT NOT NULL DEFAULT 1000000000; -- first day, or 1000000000
ALTER TABLE tasks ADD COLUMN light_record TEXT; -- JSON; facts besides the columns, where there are any
DROP INDEX tasks_timing;
-- Holds all that a list by light compares, in the order of the limits.
CREATE INDEX tasks_timing
    ON tasks (bureau_id, timing, limit_day, id, red_from, yellow_from, recovering_until);
CREATE INDEX tasks_light_edition ON tasks (bureau_id, light_edition);

-- The numbers that lights were judged by, edition by edition. Not part of the journal.
CREATE TABLE light_editions (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    number BIGINT NOT NULL,
    since_day BIGINT NOT NULL,
    due_soon_days BIGINT NOT NULL,
    behind_points BIGINT NOT NULL,
    red_points BIGINT NOT NULL,
    recovery_days BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, number)
);

-- The light that each task was last seen with. Not part of the journal.
CREATE TABLE light_standings (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    colour TEXT NOT NULL,
    since_day BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, task_id)
);

-- What the daily look found turned: what was true when it was seen, told with its reason.
-- Not part of the journal.
CREATE TABLE light_changes (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    day BIGINT NOT NULL,
    before TEXT, -- NULL when it was first seen
    after TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    numbers TEXT NOT NULL, -- the rule in words
    edition BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, day)
);
CREATE INDEX light_changes_day ON light_changes (bureau_id, day, before, after);
