-- Words of the bureau's own that tasks are found by, in order and a line each.
ALTER TABLE tasks ADD COLUMN tags TEXT;
CREATE TABLE task_tags (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, tag)
);
CREATE INDEX task_tags_tag ON task_tags (bureau_id, tag, task_id);
