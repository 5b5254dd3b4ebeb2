-- Until when a person has looked at what came, and the mails that were put together.

CREATE TABLE inbox_looks (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, person_id)
);

-- An hour of a day that was looked through for who wants a mail.
CREATE TABLE digest_rounds (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    day BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, day, hour)
);

-- A person gets at most one mail a day; the next begins where it ended.
CREATE TABLE digests (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    day BIGINT NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, person_id, day)
);
