-- A text is kept once, and once more for each other year that it was loaded to.
-- SQLite cannot drop a key, so the table is built anew.

CREATE TABLE plans_next (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT,
    number TEXT,
    issued_day INTEGER,
    year INTEGER,
    category TEXT NOT NULL,
    default_limit_day INTEGER,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    settled INTEGER NOT NULL, -- clauses with an outcome …
    total INTEGER NOT NULL, -- … of those that need one
    proposals INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    text TEXT NOT NULL,
    addressee TEXT,
    loaded_year INTEGER NOT NULL DEFAULT 0, -- 0: the year it was written for
    lineage_record TEXT NOT NULL DEFAULT '{}', -- JSON
    questions_record TEXT NOT NULL DEFAULT '{}', -- JSON
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, digest, loaded_year)
) STRICT;
INSERT INTO plans_next (bureau_id, id, version, title, issuer, number, issued_day, year, category,
    default_limit_day, file_name, digest, state, settled, total, proposals, imported_at,
    updated_at, text)
SELECT bureau_id, id, version, title, issuer, number, issued_day, year, category,
    default_limit_day, file_name, digest, state, settled, total, proposals, imported_at,
    updated_at, text
FROM plans;
DROP TABLE plans;
ALTER TABLE plans_next RENAME TO plans;
CREATE INDEX plans_latest ON plans (bureau_id, imported_at, id);

ALTER TABLE proposals ADD COLUMN carried_record TEXT; -- JSON
