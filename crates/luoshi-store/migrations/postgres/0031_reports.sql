-- How often a task is reported, the day by which it has to be next (none while no report is asked
-- for), and the day from which it is without echo.
ALTER TABLE tasks ADD COLUMN cadence TEXT;
ALTER TABLE tasks ADD COLUMN report_day BIGINT;
ALTER TABLE tasks ADD COLUMN silent_from BIGINT;
UPDATE tasks SET silent_from = 0 WHERE is_open AND feedbacks = 0;
DROP INDEX tasks_no_echo;
CREATE INDEX tasks_silent ON tasks (bureau_id, limit_day, id, silent_from)
    WHERE silent_from IS NOT NULL;
CREATE INDEX tasks_report ON tasks (bureau_id, limit_day, id, report_day)
    WHERE report_day IS NOT NULL;
CREATE INDEX tasks_report_lead ON tasks (bureau_id, lead_id, limit_day, id, report_day)
    WHERE report_day IS NOT NULL;
CREATE INDEX tasks_cadence ON tasks (bureau_id, limit_day, id, category)
    WHERE cadence IS NOT NULL;
