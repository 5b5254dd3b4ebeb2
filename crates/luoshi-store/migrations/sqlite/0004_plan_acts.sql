-- What was done to a plan in single steps, so that each can be taken back.
CREATE TABLE plan_acts (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    plan_id BLOB NOT NULL,
    act INTEGER NOT NULL, -- the plan's version with which it began
    act_record TEXT NOT NULL, -- JSON
    PRIMARY KEY (bureau_id, plan_id, act)
) STRICT;
