-- How people sign in: password rules, counted failures, sessions, second factors, tokens; and who
-- saw or did what.

-- `changed_at`: when the password was last set; NULL where that was not recorded.
-- `must_change`: whether somebody else chose it.
ALTER TABLE credentials ADD COLUMN changed_at TIMESTAMPTZ;
ALTER TABLE credentials ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE credentials ADD COLUMN last_used_at TIMESTAMPTZ;

CREATE TABLE former_passwords (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    replaced_at TIMESTAMPTZ NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id, replaced_at)
);

-- Failures counted by what they were made with. `subject`: SM3 of a login, a person or an address.
CREATE TABLE sign_in_failures (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    locked_until TIMESTAMPTZ,
    PRIMARY KEY (bureau_id, kind, subject)
);
CREATE INDEX sign_in_failures_age ON sign_in_failures (bureau_id, last_at);

-- Sessions begin anew. `stage`: what the person has proven so far.
DROP TABLE sessions;
CREATE TABLE sessions (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    token_hash TEXT NOT NULL,
    person_id UUID NOT NULL,
    csrf TEXT NOT NULL,
    stage TEXT NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (token_hash)
);
CREATE INDEX sessions_person ON sessions (bureau_id, person_id);
CREATE INDEX sessions_expiry ON sessions (bureau_id, expires_at);

-- `last_step`: the step of the last code taken, so that none is taken twice.
CREATE TABLE second_factors (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    secret TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ,
    last_step BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, person_id)
);

CREATE TABLE recovery_codes (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    code_hash TEXT NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (bureau_id, person_id, code_hash)
);

CREATE TABLE api_tokens (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes TEXT NOT NULL, -- JSON
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (token_hash)
);
CREATE INDEX api_tokens_person ON api_tokens (bureau_id, person_id);

-- Sign-ins that wait for the answer of another server. `state_hash`: SM3 of what it sends back.
CREATE TABLE sign_in_requests (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    state_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, state_hash),
    UNIQUE (state_hash)
);

-- Each entry's hash is over the one before it and its own content.
CREATE TABLE access_log (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    person_id UUID,
    login TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id UUID,
    success BOOLEAN NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, seq)
);
CREATE INDEX access_log_at ON access_log (bureau_id, at);
CREATE INDEX access_log_person ON access_log (bureau_id, person_id, seq);
CREATE INDEX access_log_action ON access_log (bureau_id, action, seq);
CREATE INDEX access_log_object ON access_log (bureau_id, object_id, seq);

-- The last entry, so that one missing at the end is missed.
CREATE TABLE access_log_heads (
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
