-- The mandate that a session types under (代填).
ALTER TABLE sessions ADD COLUMN mandate_id BLOB;
