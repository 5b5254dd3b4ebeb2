-- What an auditor asks for: who did what, who saw what, and whether it is still as it was written.

-- Cut out of the hashed text by the database itself, so that they cannot say anything else. What
-- stands before them in the text holds no word of a person's.
ALTER TABLE events ADD COLUMN by_person TEXT GENERATED ALWAYS AS
    (substr(body, instr(body, '"person":"') + 10, 36)) VIRTUAL;
ALTER TABLE events ADD COLUMN act TEXT GENERATED ALWAYS AS
    (substr(ltrim(substr(body, instr(body, '"event":') + 8, 80), '{"'), 1,
        instr(ltrim(substr(body, instr(body, '"event":') + 8, 80), '{"') || '"', '"') - 1)) VIRTUAL;
CREATE INDEX events_at ON events (bureau_id, at, seq);
CREATE INDEX events_person ON events (bureau_id, by_person, at, seq);
CREATE INDEX events_stream ON events (bureau_id, stream, at, seq);
CREATE INDEX events_act ON events (bureau_id, stream, act, at, seq);

-- Read by time.
DROP INDEX access_log_at;
DROP INDEX access_log_person;
DROP INDEX access_log_action;
DROP INDEX access_log_object;
CREATE INDEX access_log_at ON access_log (bureau_id, at, seq);
CREATE INDEX access_log_person ON access_log (bureau_id, person_id, at, seq);
CREATE INDEX access_log_action ON access_log (bureau_id, action, at, seq);
CREATE INDEX access_log_address ON access_log (bureau_id, address, at, seq);
CREATE INDEX access_log_object ON access_log (bureau_id, object_id, at, seq)
    WHERE object_id IS NOT NULL;
CREATE INDEX access_log_failed ON access_log (bureau_id, at, seq) WHERE NOT success;

-- The last entry that was cut off for its age: what is kept begins behind it.
CREATE TABLE access_log_anchors (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    cut_at TEXT NOT NULL
) STRICT;

-- What each verification found. `last`, `hash`: up to where all was whole.
CREATE TABLE audit_checks (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    chain TEXT NOT NULL,
    at TEXT NOT NULL,
    person_id BLOB,
    begins INTEGER NOT NULL,
    last INTEGER NOT NULL,
    hash TEXT NOT NULL,
    broken INTEGER,
    fault TEXT,
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE INDEX audit_checks_chain ON audit_checks (bureau_id, chain, at);

-- Nothing written is changed or removed, whatever the program does.
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END;
CREATE TRIGGER journal_heads_no_return BEFORE UPDATE ON journal_heads
WHEN NEW.last_seq < OLD.last_seq
BEGIN SELECT RAISE(ABORT, 'the journal never gets shorter'); END;
CREATE TRIGGER journal_heads_no_delete BEFORE DELETE ON journal_heads
BEGIN SELECT RAISE(ABORT, 'the journal never gets shorter'); END;

CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is never changed'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
WHEN OLD.seq > coalesce(
    (SELECT seq FROM access_log_anchors WHERE bureau_id = OLD.bureau_id), 0)
BEGIN SELECT RAISE(ABORT, 'only what is behind the anchor is cut'); END;
CREATE TRIGGER access_log_heads_no_return BEFORE UPDATE ON access_log_heads
WHEN NEW.seq < OLD.seq
BEGIN SELECT RAISE(ABORT, 'the access log never loses its end'); END;
CREATE TRIGGER access_log_heads_no_delete BEFORE DELETE ON access_log_heads
BEGIN SELECT RAISE(ABORT, 'the access log never loses its end'); END;

-- An anchor lies a year behind the newest entry at least, and only moves on.
CREATE TRIGGER access_log_anchors_age BEFORE INSERT ON access_log_anchors
WHEN NOT EXISTS (
    SELECT 1 FROM access_log AS a
    JOIN access_log_heads AS h ON h.bureau_id = a.bureau_id
    JOIN access_log AS n ON n.bureau_id = h.bureau_id AND n.seq = h.seq
    WHERE a.bureau_id = NEW.bureau_id AND a.seq = NEW.seq AND a.hash = NEW.hash
    AND julianday(n.at) - julianday(a.at) >= 365)
BEGIN SELECT RAISE(ABORT, 'the access log is kept for a year at least'); END;
CREATE TRIGGER access_log_anchors_on BEFORE UPDATE ON access_log_anchors
WHEN NEW.seq <= OLD.seq OR NEW.bureau_id <> OLD.bureau_id OR NOT EXISTS (
    SELECT 1 FROM access_log AS a
    JOIN access_log_heads AS h ON h.bureau_id = a.bureau_id
    JOIN access_log AS n ON n.bureau_id = h.bureau_id AND n.seq = h.seq
    WHERE a.bureau_id = NEW.bureau_id AND a.seq = NEW.seq AND a.hash = NEW.hash
    AND julianday(n.at) - julianday(a.at) >= 365)
BEGIN SELECT RAISE(ABORT, 'the access log is kept for a year at least'); END;
CREATE TRIGGER access_log_anchors_no_delete BEFORE DELETE ON access_log_anchors
BEGIN SELECT RAISE(ABORT, 'an anchor stays'); END;

CREATE TRIGGER audit_checks_no_update BEFORE UPDATE ON audit_checks
BEGIN SELECT RAISE(ABORT, 'a verification is never changed'); END;
CREATE TRIGGER audit_checks_no_delete BEFORE DELETE ON audit_checks
BEGIN SELECT RAISE(ABORT, 'a verification is never changed'); END;

-- How many rows share the first columns of each index: a long log of a few hundred people.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('events', 'events_at', '1000000 1000000 2 1'),
    ('events', 'events_person', '1000000 1000000 2000 1 1'),
    ('events', 'events_stream', '1000000 1000000 100000 1 1'),
    ('events', 'events_act', '1000000 1000000 100000 10000 1 1'),
    ('events', 'sqlite_autoindex_events_1', '1000000 1000000 1'),
    ('events', 'sqlite_autoindex_events_2', '1000000 1000000 100000 10 1'),
    ('access_log', 'sqlite_autoindex_access_log_1', '1000000 1000000 1'),
    ('access_log', 'sqlite_autoindex_access_log_2', '1000000 1000000 1'),
    ('access_log', 'access_log_at', '1000000 1000000 2 1'),
    ('access_log', 'access_log_person', '1000000 1000000 2000 1 1'),
    ('access_log', 'access_log_action', '1000000 1000000 50000 1 1'),
    ('access_log', 'access_log_address', '1000000 1000000 2000 1 1'),
    ('access_log', 'access_log_object', '500000 500000 20 1 1'),
    ('access_log', 'access_log_failed', '10000 10000 1 1');
ANALYZE sqlite_schema;
