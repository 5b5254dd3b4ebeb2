-- Rows of lists, each with all of it; what they are found and counted by stands beside.
CREATE TABLE list_rows (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    register TEXT NOT NULL,
    unit_id BLOB,
    person_id BLOB,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    is_withdrawn INTEGER NOT NULL,
    mark TEXT NOT NULL,
    period_day INTEGER,
    day INTEGER NOT NULL, -- what the row is about, or when it was added
    limit_day INTEGER,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE INDEX list_rows_latest ON list_rows (bureau_id, register, id);
CREATE INDEX list_rows_day ON list_rows (bureau_id, register, day, id);
CREATE INDEX list_rows_limit ON list_rows (bureau_id, is_open, limit_day);
