-- What the open register holds: issued and not over, or handed back by its unit after the issue.
CREATE INDEX tasks_register ON tasks (bureau_id, limit_day, id)
    WHERE is_open OR (state = 'returned' AND issued_day IS NOT NULL);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('tasks', 'tasks_register', '320000 32000 100 1');
ANALYZE sqlite_schema;
