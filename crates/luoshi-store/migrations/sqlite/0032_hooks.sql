-- A sentence may be about a hook instead of a task; the task's column then holds the hook's id.
ALTER TABLE notifications ADD COLUMN hook_id BLOB;

-- What opens a hook: kept apart from the journal, and gone with the hook.
CREATE TABLE hook_credentials (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    hook_id BLOB NOT NULL,
    address TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (bureau_id, hook_id)
) STRICT;

-- One message through a hook, and how it went; nothing of what it told.
CREATE TABLE hook_deliveries (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    hook_id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    tried_at TEXT,
    status INTEGER,
    took_ms INTEGER,
    told INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE INDEX hook_deliveries_hook ON hook_deliveries (bureau_id, hook_id, made_at);

-- Which sentences go along, with each task that they name.
CREATE TABLE hook_items (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    delivery_id BLOB NOT NULL,
    notification_id BLOB NOT NULL,
    task_id BLOB NOT NULL,
    topic TEXT NOT NULL,
    PRIMARY KEY (bureau_id, delivery_id, notification_id, task_id)
) STRICT;
