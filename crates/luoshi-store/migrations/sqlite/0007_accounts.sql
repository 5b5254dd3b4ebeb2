-- How people sign in: password rules, counted failures, sessions, second factors, tokens; and who
-- saw or did what.

-- `changed_at`: when the password was last set; NULL where that was not recorded.
-- `must_change`: whether somebody else chose it.
ALTER TABLE credentials ADD COLUMN changed_at TEXT;
ALTER TABLE credentials ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN last_used_at TEXT;

CREATE TABLE former_passwords (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id, replaced_at)
) STRICT;

-- Failures counted by what they were made with. `subject`: SM3 of a login, a person or an address.
CREATE TABLE sign_in_failures (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    failures INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    locked_until TEXT,
    PRIMARY KEY (bureau_id, kind, subject)
) STRICT;
CREATE INDEX sign_in_failures_age ON sign_in_failures (bureau_id, last_at);

-- Sessions begin anew. `stage`: what the person has proven so far.
DROP TABLE sessions;
CREATE TABLE sessions (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    token_hash TEXT NOT NULL,
    person_id BLOB NOT NULL,
    csrf TEXT NOT NULL,
    stage TEXT NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX sessions_person ON sessions (bureau_id, person_id);
CREATE INDEX sessions_expiry ON sessions (bureau_id, expires_at);

-- `last_step`: the step of the last code taken, so that none is taken twice.
CREATE TABLE second_factors (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    secret TEXT NOT NULL,
    created_at TEXT NOT NULL,
    confirmed_at TEXT,
    last_step INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, person_id)
) STRICT;

CREATE TABLE recovery_codes (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    code_hash TEXT NOT NULL,
    used_at TEXT,
    PRIMARY KEY (bureau_id, person_id, code_hash)
) STRICT;

CREATE TABLE api_tokens (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes TEXT NOT NULL, -- JSON
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX api_tokens_person ON api_tokens (bureau_id, person_id);

-- Sign-ins that wait for the answer of another server. `state_hash`: SM3 of what it sends back.
CREATE TABLE sign_in_requests (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    state_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, state_hash),
    UNIQUE (state_hash)
) STRICT;

-- Each entry's hash is over the one before it and its own content.
CREATE TABLE access_log (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    person_id BLOB,
    login TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id BLOB,
    success INTEGER NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, seq)
) STRICT;
CREATE INDEX access_log_at ON access_log (bureau_id, at);
CREATE INDEX access_log_person ON access_log (bureau_id, person_id, seq);
CREATE INDEX access_log_action ON access_log (bureau_id, action, seq);
CREATE INDEX access_log_object ON access_log (bureau_id, object_id, seq);

-- The last entry, so that one missing at the end is missed.
CREATE TABLE access_log_heads (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
