-- A sentence may be about a hook instead of a task; the task's column then holds the hook's id.
ALTER TABLE notifications ADD COLUMN hook_id UUID;

-- What opens a hook: kept apart from the journal, and gone with the hook.
CREATE TABLE hook_credentials (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    hook_id UUID NOT NULL,
    address TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (bureau_id, hook_id)
);

-- One message through a hook, and how it went; nothing of what it told.
CREATE TABLE hook_deliveries (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    hook_id UUID NOT NULL,
    job_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    tries BIGINT NOT NULL,
    tried_at TIMESTAMPTZ,
    status BIGINT,
    took_ms BIGINT,
    told BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX hook_deliveries_hook ON hook_deliveries (bureau_id, hook_id, made_at);

-- Which sentences go along, with each task that they name.
CREATE TABLE hook_items (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    delivery_id UUID NOT NULL,
    notification_id UUID NOT NULL,
    task_id UUID NOT NULL,
    topic TEXT NOT NULL,
    PRIMARY KEY (bureau_id, delivery_id, notification_id, task_id)
);
