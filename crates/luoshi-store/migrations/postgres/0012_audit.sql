-- What an auditor asks for: who did what, who saw what, and whether it is still as it was written.

-- Cut out of the hashed text by the database itself, so that they cannot say anything else. What
-- stands before them in the text holds no word of a person's.
ALTER TABLE events ADD COLUMN by_person TEXT GENERATED ALWAYS AS
    (substr(body, strpos(body, '"person":"') + 10, 36)) STORED;
ALTER TABLE events ADD COLUMN act TEXT GENERATED ALWAYS AS
    (split_part(ltrim(substr(body, strpos(body, '"event":') + 8, 80), '{"'), '"', 1)) STORED;
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
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    cut_at TIMESTAMPTZ NOT NULL
);

-- What each verification found. `last`, `hash`: up to where all was whole.
CREATE TABLE audit_checks (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    chain TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    person_id UUID,
    begins BIGINT NOT NULL,
    last BIGINT NOT NULL,
    hash TEXT NOT NULL,
    broken BIGINT,
    fault TEXT,
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX audit_checks_chain ON audit_checks (bureau_id, chain, at);

-- Nothing written is changed or removed, whatever the program does.
CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is never done', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER events_never BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER events_whole BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER journal_heads_no_return BEFORE UPDATE ON journal_heads
    FOR EACH ROW WHEN (NEW.last_seq < OLD.last_seq) EXECUTE FUNCTION never();
CREATE TRIGGER journal_heads_never BEFORE DELETE ON journal_heads
    FOR EACH ROW EXECUTE FUNCTION never();

CREATE FUNCTION access_log_cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seq > coalesce(
        (SELECT seq FROM access_log_anchors WHERE bureau_id = OLD.bureau_id), 0) THEN
        RAISE EXCEPTION 'only what is behind the anchor is cut';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER access_log_never BEFORE UPDATE ON access_log
    FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER access_log_cut BEFORE DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION access_log_cut();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER access_log_heads_no_return BEFORE UPDATE ON access_log_heads
    FOR EACH ROW WHEN (NEW.seq < OLD.seq) EXECUTE FUNCTION never();
CREATE TRIGGER access_log_heads_never BEFORE DELETE ON access_log_heads
    FOR EACH ROW EXECUTE FUNCTION never();

-- An anchor lies a year behind the newest entry at least, and only moves on.
CREATE FUNCTION access_log_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM access_log AS a
        JOIN access_log_heads AS h ON h.bureau_id = a.bureau_id
        JOIN access_log AS n ON n.bureau_id = h.bureau_id AND n.seq = h.seq
        WHERE a.bureau_id = NEW.bureau_id AND a.seq = NEW.seq AND a.hash = NEW.hash
        AND n.at - a.at >= interval '365 days') THEN
        RAISE EXCEPTION 'the access log is kept for a year at least';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER access_log_anchors_age BEFORE INSERT OR UPDATE ON access_log_anchors
    FOR EACH ROW EXECUTE FUNCTION access_log_anchor();
CREATE TRIGGER access_log_anchors_on BEFORE UPDATE ON access_log_anchors
    FOR EACH ROW WHEN (NEW.seq <= OLD.seq OR NEW.bureau_id <> OLD.bureau_id)
    EXECUTE FUNCTION never();
CREATE TRIGGER access_log_anchors_never BEFORE DELETE ON access_log_anchors
    FOR EACH ROW EXECUTE FUNCTION never();

CREATE TRIGGER audit_checks_never BEFORE UPDATE OR DELETE ON audit_checks
    FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER audit_checks_whole BEFORE TRUNCATE ON audit_checks
    FOR EACH STATEMENT EXECUTE FUNCTION never();
