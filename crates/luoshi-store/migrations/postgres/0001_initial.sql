-- Every table leads with bureau_id: a bureau is a tenant.
-- Days are numbers of days since 1970-01-01; times are UTC.
-- No SQL looks into the columns marked JSON.

CREATE TABLE bureaus (
    bureau_id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);

-- The last sequence number given out; its row is the bureau's write lock on PostgreSQL.
CREATE TABLE journal_heads (
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    last_seq BIGINT NOT NULL
);

CREATE TABLE events (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    seq BIGINT NOT NULL,
    stream TEXT NOT NULL,
    stream_id UUID NOT NULL,
    stream_version BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, seq),
    UNIQUE (bureau_id, stream, stream_id, stream_version)
);

CREATE TABLE organisations (
    bureau_id UUID NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    version BIGINT NOT NULL
);

-- `ord`: the version of the organisation that added the row.
CREATE TABLE units (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    ord BIGINT NOT NULL,
    parent_id UUID,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL, -- JSON
    supervision_office BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, id)
);

CREATE TABLE persons (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    ord BIGINT NOT NULL,
    name TEXT NOT NULL,
    login TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, login)
);

CREATE TABLE posts (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    ord BIGINT NOT NULL,
    unit_id UUID NOT NULL,
    title TEXT NOT NULL,
    role TEXT NOT NULL,
    holder_id UUID,
    position BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, id)
);

CREATE TABLE portfolios (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    unit_id UUID NOT NULL,
    ord BIGINT NOT NULL,
    deputy_id UUID NOT NULL,
    valid_from BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, unit_id)
);

CREATE TABLE plans (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT,
    number TEXT,
    issued_day BIGINT,
    year BIGINT,
    category TEXT NOT NULL,
    default_limit_day BIGINT,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    settled BIGINT NOT NULL, -- clauses with an outcome …
    total BIGINT NOT NULL, -- … of those that need one
    proposals BIGINT NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, digest)
);
CREATE INDEX plans_latest ON plans (bureau_id, imported_at, id);

CREATE TABLE clauses (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    plan_id UUID NOT NULL,
    ord BIGINT NOT NULL,
    path TEXT NOT NULL,
    level BIGINT NOT NULL,
    title TEXT NOT NULL,
    start_at BIGINT NOT NULL, -- code points
    end_at BIGINT NOT NULL,
    has_text BOOLEAN NOT NULL, -- beyond number and heading
    no_action TEXT,
    PRIMARY KEY (bureau_id, plan_id, ord)
);

CREATE TABLE proposals (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    plan_id UUID NOT NULL,
    ord BIGINT NOT NULL,
    id UUID NOT NULL,
    clause_ord BIGINT NOT NULL,
    start_at BIGINT NOT NULL, -- code points
    end_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    decision TEXT NOT NULL,
    quote TEXT NOT NULL,
    draft_record TEXT NOT NULL, -- JSON
    reading_record TEXT NOT NULL, -- JSON
    decision_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, plan_id, ord),
    UNIQUE (bureau_id, plan_id, id)
);

CREATE TABLE tasks (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    plan_id UUID,
    proposal_id UUID,
    clause_path TEXT NOT NULL,
    number TEXT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    level TEXT NOT NULL,
    category TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL, -- issued and not over
    timing TEXT NOT NULL, -- untimed, timed or over: which rules its light follows
    waiting TEXT, -- the approval in progress
    lead_id UUID,
    supervisor_id UUID,
    deputy_id UUID,
    limit_day BIGINT NOT NULL, -- 1000000000 without a limit, so that it sorts last
    issued_day BIGINT,
    progress BIGINT NOT NULL,
    feedbacks BIGINT NOT NULL,
    feedback_due BOOLEAN NOT NULL,
    grade TEXT,
    opened_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    search TEXT NOT NULL, -- lower case
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX tasks_limit ON tasks (bureau_id, limit_day, id);
CREATE INDEX tasks_updated ON tasks (bureau_id, updated_at, id);
CREATE INDEX tasks_opened ON tasks (bureau_id, opened_at, id);
CREATE INDEX tasks_state ON tasks (bureau_id, state, limit_day, id);
CREATE INDEX tasks_lead ON tasks (bureau_id, lead_id, limit_day, id);
CREATE INDEX tasks_plan ON tasks (bureau_id, plan_id, opened_at, id) WHERE plan_id IS NOT NULL;
-- Holds all that a light is computed from.
CREATE INDEX tasks_timing
    ON tasks (bureau_id, timing, limit_day, id, issued_day, progress);
CREATE INDEX tasks_open ON tasks (bureau_id, limit_day, id) WHERE is_open;
CREATE INDEX tasks_no_echo ON tasks (bureau_id, limit_day, id) WHERE is_open AND feedbacks = 0;
CREATE INDEX tasks_waiting ON tasks (bureau_id, waiting, limit_day, id) WHERE waiting IS NOT NULL;
CREATE INDEX tasks_feedback_due ON tasks (bureau_id, lead_id, limit_day, id) WHERE feedback_due;

-- The whole task, apart from the columns that lists scan.
CREATE TABLE task_records (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, task_id)
);

-- Which units a task concerns, by role: lead, co or supervisor.
CREATE TABLE task_units (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    to_receive BOOLEAN NOT NULL, -- the opening notice waits for the unit's receipt
    PRIMARY KEY (bureau_id, task_id, unit_id, role)
);
CREATE INDEX task_units_unit ON task_units (bureau_id, unit_id, to_receive, task_id);

CREATE TABLE credentials (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    person_id UUID NOT NULL,
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id),
    UNIQUE (bureau_id, login)
);

CREATE TABLE sessions (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    token_hash TEXT NOT NULL,
    person_id UUID NOT NULL,
    csrf TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, token_hash),
    UNIQUE (token_hash)
);
CREATE INDEX sessions_expiry ON sessions (bureau_id, expires_at);

CREATE TABLE notifications (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    task_id UUID NOT NULL,
    text TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX notifications_recipient
    ON notifications (bureau_id, recipient_kind, recipient_id, at, id);

CREATE TABLE number_series (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    series TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (bureau_id, series, year)
);

CREATE TABLE jobs (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    id UUID NOT NULL,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    priority BIGINT NOT NULL,
    payload TEXT NOT NULL, -- JSON
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    claimed_by TEXT,
    claimed_until TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    last_error TEXT,
    PRIMARY KEY (bureau_id, id)
);
CREATE INDEX jobs_due ON jobs (queue, run_at, priority) WHERE finished_at IS NULL;
