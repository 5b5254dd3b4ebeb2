-- What the bureau's confirmations taught; one row for each choice made.
-- `number`: given once, in the order of learning.

CREATE TABLE lessons (
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    version BIGINT NOT NULL,
    next BIGINT NOT NULL -- the number that the next lesson gets
);

CREATE TABLE lesson_names (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    units TEXT NOT NULL, -- JSON
    confirmations BIGINT NOT NULL,
    recent TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number),
    UNIQUE (bureau_id, name, units)
);

CREATE TABLE lesson_kinds (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    number BIGINT NOT NULL,
    proposed TEXT NOT NULL,
    cue TEXT NOT NULL,
    theme TEXT NOT NULL,
    confirmed TEXT NOT NULL,
    confirmations BIGINT NOT NULL,
    recent TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, number),
    UNIQUE (bureau_id, proposed, cue, theme, confirmed)
);
