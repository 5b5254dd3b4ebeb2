-- Words of the bureau's own that tasks are found by, in order and a line each.
ALTER TABLE tasks ADD COLUMN tags TEXT;
CREATE TABLE task_tags (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (bureau_id, task_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_tags_tag ON task_tags (bureau_id, tag, task_id);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('task_tags', 'task_tags', '200000 20000 2 1'),
    ('task_tags', 'task_tags_tag', '200000 20000 1000 1');
ANALYZE sqlite_schema;
