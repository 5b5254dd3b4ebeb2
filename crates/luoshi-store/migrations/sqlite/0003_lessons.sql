-- What the bureau's confirmations taught; one row for each choice made.
-- `number`: given once, in the order of learning.

CREATE TABLE lessons (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    version INTEGER NOT NULL,
    next INTEGER NOT NULL -- the number that the next lesson gets
) STRICT;

CREATE TABLE lesson_names (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    units TEXT NOT NULL, -- JSON
    confirmations INTEGER NOT NULL,
    recent TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number),
    UNIQUE (bureau_id, name, units)
) STRICT;

CREATE TABLE lesson_kinds (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    number INTEGER NOT NULL,
    proposed TEXT NOT NULL,
    cue TEXT NOT NULL,
    theme TEXT NOT NULL,
    confirmed TEXT NOT NULL,
    confirmations INTEGER NOT NULL,
    recent TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number),
    UNIQUE (bureau_id, proposed, cue, theme, confirmed)
) STRICT;
