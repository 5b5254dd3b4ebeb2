-- What an organisation was, is and is to be: each fact holds from its day until the next row's.

CREATE TABLE unit_names (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    unit_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (bureau_id, unit_id, valid_from)
) STRICT;
INSERT INTO unit_names (bureau_id, unit_id, valid_from, name)
SELECT bureau_id, id, valid_from, name FROM units;

CREATE TABLE unit_parents (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    unit_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    parent_id BLOB,
    PRIMARY KEY (bureau_id, unit_id, valid_from)
) STRICT;
INSERT INTO unit_parents (bureau_id, unit_id, valid_from, parent_id)
SELECT bureau_id, id, valid_from, parent_id FROM units;

-- A unit and each unit above it, itself included, with the days on which it is so, both inclusive;
-- the last day is far ahead while there is no end. What is below a unit is one search of the key.
CREATE TABLE unit_ancestors (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    ancestor_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, ancestor_id, unit_id, valid_from)
) STRICT;
CREATE INDEX unit_ancestors_unit ON unit_ancestors (bureau_id, unit_id);
INSERT INTO unit_ancestors (bureau_id, ancestor_id, unit_id, valid_from, valid_to)
WITH RECURSIVE up (bureau_id, ancestor_id, unit_id, valid_from) AS (
    SELECT bureau_id, id, id, valid_from FROM units
    UNION ALL
    SELECT up.bureau_id, above.parent_id, up.unit_id, up.valid_from
    FROM up JOIN units AS above ON above.bureau_id = up.bureau_id AND above.id = up.ancestor_id
    WHERE above.parent_id IS NOT NULL
)
SELECT bureau_id, ancestor_id, unit_id, valid_from, 1000000000 FROM up;

CREATE TABLE supervision_offices (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    valid_from INTEGER NOT NULL,
    unit_id BLOB,
    PRIMARY KEY (bureau_id, valid_from)
) STRICT;
INSERT INTO supervision_offices (bureau_id, valid_from, unit_id)
SELECT bureau_id, valid_from, id FROM units WHERE supervision_office;

ALTER TABLE units ADD COLUMN valid_to INTEGER;
ALTER TABLE units ADD COLUMN merged_into_id BLOB;
ALTER TABLE units DROP COLUMN parent_id;
ALTER TABLE units DROP COLUMN name;
ALTER TABLE units DROP COLUMN supervision_office;

ALTER TABLE persons ADD COLUMN left_day INTEGER; -- the first without them

CREATE TABLE post_holders (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    post_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    holder_id BLOB,
    PRIMARY KEY (bureau_id, post_id, valid_from)
) STRICT;
INSERT INTO post_holders (bureau_id, post_id, valid_from, holder_id)
SELECT bureau_id, id, valid_from, holder_id FROM posts;
ALTER TABLE posts ADD COLUMN valid_to INTEGER;
ALTER TABLE posts DROP COLUMN holder_id;

CREATE TABLE unit_deputies (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    unit_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    deputy_id BLOB,
    PRIMARY KEY (bureau_id, unit_id, valid_from)
) STRICT;
INSERT INTO unit_deputies (bureau_id, unit_id, valid_from, deputy_id)
SELECT bureau_id, unit_id, valid_from, deputy_id FROM portfolios;
DROP TABLE portfolios;

-- Fields of business that a leader is in charge of.
CREATE TABLE domains (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    name TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE TABLE domain_deputies (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    domain_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    deputy_id BLOB,
    PRIMARY KEY (bureau_id, domain_id, valid_from)
) STRICT;
