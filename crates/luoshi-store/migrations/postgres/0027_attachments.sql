-- Files of tasks: which row names which bytes.
CREATE TABLE task_attachments (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    id UUID NOT NULL,
    hash TEXT NOT NULL, -- SM3 of the bytes
    bytes BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, id)
);
CREATE INDEX task_attachments_hash ON task_attachments (bureau_id, hash);

-- Bytes that were or are about to be written. What no row names is taken away a day after it was
-- touched last.
CREATE TABLE contents (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    hash TEXT NOT NULL,
    touched_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, hash)
);
CREATE INDEX contents_touched ON contents (bureau_id, touched_at);
