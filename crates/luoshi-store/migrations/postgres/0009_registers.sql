-- Bodies, rosters, records: small things of one kind, each a row with all of it.

CREATE TABLE registers (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    register TEXT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    day BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, register, id)
);
CREATE INDEX registers_day ON registers (bureau_id, register, day, id);
