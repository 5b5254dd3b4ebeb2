-- Until when a person has looked at what came, and the mails that were put together.

CREATE TABLE inbox_looks (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id)
) STRICT;

-- An hour of a day that was looked through for who wants a mail.
CREATE TABLE digest_rounds (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    day INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, day, hour)
) STRICT;

-- A person gets at most one mail a day; the next begins where it ended.
CREATE TABLE digests (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id, day)
) STRICT;
