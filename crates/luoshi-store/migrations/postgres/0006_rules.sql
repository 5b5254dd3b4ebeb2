-- The rules of a bureau, and what follows from them day by day.

-- The versions of both streams, so that what was read may be kept until one moves.
CREATE TABLE rule_versions (
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    packs_version BIGINT NOT NULL,
    calendar_version BIGINT NOT NULL
);

-- Editions of packs; an edition is never altered.
CREATE TABLE pack_editions (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    effective_day BIGINT NOT NULL,
    text TEXT, -- TOML; NULL where the pack was put down
    shipped BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    by_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number)
);

-- Notices that the bureau entered; a later one for a year takes the place of an earlier.
CREATE TABLE calendar_notices (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    number BIGINT NOT NULL,
    year BIGINT NOT NULL,
    notice_record TEXT NOT NULL, -- JSON
    by_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number)
);

-- Limits of steps that a task has still to take, besides its completion.
CREATE TABLE task_limits (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    step TEXT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, step)
);
CREATE INDEX task_limits_day ON task_limits (bureau_id, day, task_id);

-- Days on which the limits were looked through. Not part of the journal.
CREATE TABLE sweeps (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    day BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    report_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, day)
);

-- What somebody was reminded of already. Not part of the journal.
CREATE TABLE reminders (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    kind TEXT NOT NULL,
    stamp TEXT NOT NULL, -- the limit, or the week, that it was about
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, task_id, kind, stamp)
);

-- Addresses at which a person's limits can be read by a calendar program. Not part of the journal.
CREATE TABLE calendar_feeds (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, person_id),
    UNIQUE (secret_hash)
);
