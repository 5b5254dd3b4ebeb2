-- A text is kept once, and once more for each other year that it was loaded to.

ALTER TABLE plans ADD COLUMN addressee TEXT;
ALTER TABLE plans ADD COLUMN loaded_year BIGINT NOT NULL DEFAULT 0; -- 0: the year it was written for
ALTER TABLE plans ADD COLUMN lineage_record TEXT NOT NULL DEFAULT '{}'; -- JSON
ALTER TABLE plans ADD COLUMN questions_record TEXT NOT NULL DEFAULT '{}'; -- JSON
ALTER TABLE plans DROP CONSTRAINT plans_bureau_id_digest_key;
ALTER TABLE plans ADD UNIQUE (bureau_id, digest, loaded_year);

ALTER TABLE proposals ADD COLUMN carried_record TEXT; -- JSON
