-- The rules of a bureau, and what follows from them day by day.

-- The versions of both streams, so that what was read may be kept until one moves.
CREATE TABLE rule_versions (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    packs_version INTEGER NOT NULL,
    calendar_version INTEGER NOT NULL
) STRICT;

-- Editions of packs; an edition is never altered.
CREATE TABLE pack_editions (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    effective_day INTEGER NOT NULL,
    text TEXT, -- TOML; NULL where the pack was put down
    shipped INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number)
) STRICT;

-- Notices that the bureau entered; a later one for a year takes the place of an earlier.
CREATE TABLE calendar_notices (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    number INTEGER NOT NULL,
    year INTEGER NOT NULL,
    notice_record TEXT NOT NULL, -- JSON
    by_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number)
) STRICT;

-- Limits of steps that a task has still to take, besides its completion.
CREATE TABLE task_limits (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    step TEXT NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, task_id, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_limits_day ON task_limits (bureau_id, day, task_id);

-- Days on which the limits were looked through. Not part of the journal.
CREATE TABLE sweeps (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    day INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    report_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, day)
) STRICT;

-- What somebody was reminded of already. Not part of the journal.
CREATE TABLE reminders (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    stamp TEXT NOT NULL, -- the limit, or the week, that it was about
    at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, kind, stamp)
) STRICT, WITHOUT ROWID;

-- Addresses at which a person's limits can be read by a calendar program. Not part of the journal.
CREATE TABLE calendar_feeds (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id),
    UNIQUE (secret_hash)
) STRICT;
