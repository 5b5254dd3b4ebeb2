-- Bodies, rosters, records: small things of one kind, each a row with all of it.

CREATE TABLE registers (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    register TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    day INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, register, id)
) STRICT;
CREATE INDEX registers_day ON registers (bureau_id, register, day, id);
