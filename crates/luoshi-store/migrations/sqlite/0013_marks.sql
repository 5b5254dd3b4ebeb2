-- How far a task or a plan may be known (SYS-05).
ALTER TABLE tasks ADD COLUMN mark TEXT NOT NULL DEFAULT 'none';
ALTER TABLE plans ADD COLUMN mark TEXT NOT NULL DEFAULT 'none';
