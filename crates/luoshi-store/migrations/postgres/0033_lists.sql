-- Rows of lists, each with all of it; what they are found and counted by stands beside.
CREATE TABLE list_rows (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    register TEXT NOT NULL,
    unit_id UUID,
    person_id UUID,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    is_withdrawn BOOLEAN NOT NULL,
    mark TEXT NOT NULL,
    period_day BIGINT,
    day BIGINT NOT NULL, -- what the row is about, or when it was added
    limit_day BIGINT,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX list_rows_latest ON list_rows (bureau_id, register, id);
CREATE INDEX list_rows_day ON list_rows (bureau_id, register, day, id);
CREATE INDEX list_rows_limit ON list_rows (bureau_id, is_open, limit_day);
