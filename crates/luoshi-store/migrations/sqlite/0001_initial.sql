-- Every table leads with bureau_id: a bureau is a tenant.
-- Days are numbers of days since 1970-01-01; times are UTC in RFC 3339 text.
-- No SQL looks into the columns marked JSON.

CREATE TABLE bureaus (
    bureau_id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

-- The last sequence number given out; its row is the bureau's write lock on PostgreSQL.
CREATE TABLE journal_heads (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    last_seq INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    seq INTEGER NOT NULL,
    stream TEXT NOT NULL,
    stream_id BLOB NOT NULL,
    stream_version INTEGER NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, seq),
    UNIQUE (bureau_id, stream, stream_id, stream_version)
) STRICT;

CREATE TABLE organisations (
    bureau_id BLOB NOT NULL PRIMARY KEY REFERENCES bureaus (bureau_id),
    version INTEGER NOT NULL
) STRICT;

-- `ord`: the version of the organisation that added the row.
CREATE TABLE units (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    parent_id BLOB,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL, -- JSON
    supervision_office INTEGER NOT NULL,
    position INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, id)
) STRICT;

CREATE TABLE persons (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    name TEXT NOT NULL,
    login TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, login)
) STRICT;

CREATE TABLE posts (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    unit_id BLOB NOT NULL,
    title TEXT NOT NULL,
    role TEXT NOT NULL,
    holder_id BLOB,
    position INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, id)
) STRICT;

CREATE TABLE portfolios (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    unit_id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    deputy_id BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, unit_id)
) STRICT;

CREATE TABLE plans (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT,
    number TEXT,
    issued_day INTEGER,
    year INTEGER,
    category TEXT NOT NULL,
    default_limit_day INTEGER,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    settled INTEGER NOT NULL, -- clauses with an outcome …
    total INTEGER NOT NULL, -- … of those that need one
    proposals INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id),
    UNIQUE (bureau_id, digest)
) STRICT;
CREATE INDEX plans_latest ON plans (bureau_id, imported_at, id);

CREATE TABLE clauses (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    plan_id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    path TEXT NOT NULL,
    level INTEGER NOT NULL,
    title TEXT NOT NULL,
    start_at INTEGER NOT NULL, -- code points
    end_at INTEGER NOT NULL,
    has_text INTEGER NOT NULL, -- beyond number and heading
    no_action TEXT,
    PRIMARY KEY (bureau_id, plan_id, ord)
) STRICT;

CREATE TABLE proposals (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    plan_id BLOB NOT NULL,
    ord INTEGER NOT NULL,
    id BLOB NOT NULL,
    clause_ord INTEGER NOT NULL,
    start_at INTEGER NOT NULL, -- code points
    end_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    decision TEXT NOT NULL,
    quote TEXT NOT NULL,
    draft_record TEXT NOT NULL, -- JSON
    reading_record TEXT NOT NULL, -- JSON
    decision_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, plan_id, ord),
    UNIQUE (bureau_id, plan_id, id)
) STRICT;

CREATE TABLE tasks (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    plan_id BLOB,
    proposal_id BLOB,
    clause_path TEXT NOT NULL,
    number TEXT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    level TEXT NOT NULL,
    category TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL, -- issued and not over
    timing TEXT NOT NULL, -- untimed, timed or over: which rules its light follows
    waiting TEXT, -- the approval in progress
    lead_id BLOB,
    supervisor_id BLOB,
    deputy_id BLOB,
    limit_day INTEGER NOT NULL, -- 1000000000 without a limit, so that it sorts last
    issued_day INTEGER,
    progress INTEGER NOT NULL,
    feedbacks INTEGER NOT NULL,
    feedback_due INTEGER NOT NULL,
    grade TEXT,
    opened_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    search TEXT NOT NULL, -- lower case
    PRIMARY KEY (bureau_id, id)
) STRICT;
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
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, task_id)
) STRICT;

-- Which units a task concerns, by role: lead, co or supervisor.
CREATE TABLE task_units (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    role TEXT NOT NULL,
    to_receive INTEGER NOT NULL, -- the opening notice waits for the unit's receipt
    PRIMARY KEY (bureau_id, task_id, unit_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_units_unit ON task_units (bureau_id, unit_id, to_receive, task_id);

CREATE TABLE credentials (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    person_id BLOB NOT NULL,
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (bureau_id, person_id),
    UNIQUE (bureau_id, login)
) STRICT;

CREATE TABLE sessions (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    token_hash TEXT NOT NULL,
    person_id BLOB NOT NULL,
    csrf TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, token_hash),
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX sessions_expiry ON sessions (bureau_id, expires_at);

CREATE TABLE notifications (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    task_id BLOB NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE INDEX notifications_recipient
    ON notifications (bureau_id, recipient_kind, recipient_id, at, id);

CREATE TABLE number_series (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (bureau_id, series, year)
) STRICT;

CREATE TABLE jobs (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    id BLOB NOT NULL,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    priority INTEGER NOT NULL,
    payload TEXT NOT NULL, -- JSON
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    run_at TEXT NOT NULL,
    claimed_by TEXT,
    claimed_until TEXT,
    finished_at TEXT,
    last_error TEXT,
    PRIMARY KEY (bureau_id, id)
) STRICT;
CREATE INDEX jobs_due ON jobs (queue, run_at, priority) WHERE finished_at IS NULL;

-- What the planner should expect of a large bureau, whatever there is now: each number is the
-- rows of the index, then the rows that share its first column, its first two, and so on.
-- Fixed, so that a list is read the same way everywhere; without them SQLite takes a bureau for
-- ten rows.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('tasks', 'sqlite_autoindex_tasks_1', '1000000 100000 1'),
    ('tasks', 'tasks_limit', '1000000 100000 200 1'),
    ('tasks', 'tasks_updated', '1000000 100000 2 1'),
    ('tasks', 'tasks_opened', '1000000 100000 50 1'),
    ('tasks', 'tasks_state', '1000000 100000 12000 100 1'),
    ('tasks', 'tasks_lead', '1000000 100000 2000 10 1'),
    ('tasks', 'tasks_plan', '1000000 100000 500 20 1'),
    ('tasks', 'tasks_timing', '1000000 100000 33000 200 1 1 1'),
    ('tasks', 'tasks_open', '300000 30000 100 1'),
    ('tasks', 'tasks_no_echo', '50000 5000 20 1'),
    ('tasks', 'tasks_waiting', '5000 500 100 2 1'),
    ('tasks', 'tasks_feedback_due', '50000 5000 100 2 1'),
    ('task_units', 'task_units', '4000000 400000 4 1 1'),
    ('task_units', 'task_units_unit', '4000000 400000 4000 400 1');
ANALYZE sqlite_schema;
