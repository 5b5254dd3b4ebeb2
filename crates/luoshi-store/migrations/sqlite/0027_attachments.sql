-- Files of tasks: which row names which bytes.
CREATE TABLE task_attachments (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    id BLOB NOT NULL,
    hash TEXT NOT NULL, -- SM3 of the bytes
    bytes INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, task_id, id)
) STRICT;
CREATE INDEX task_attachments_hash ON task_attachments (bureau_id, hash);

-- Bytes that were or are about to be written. What no row names is taken away a day after it was
-- touched last.
CREATE TABLE contents (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    hash TEXT NOT NULL,
    touched_at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, hash)
) STRICT;
CREATE INDEX contents_touched ON contents (bureau_id, touched_at);
